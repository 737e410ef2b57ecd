// What the dots have shown so far: which callers wait, which services work, whether the customer has the
// answer. Dots are slower than the messages, so this lags behind the records and never runs ahead of them.
// Pure: (shown, what happened) -> shown; times are arguments.

import { arrowOf, isCustomersAnswer } from './travel.js';

const WORK_SEEN_MS = 350; // short work is shown for at least this long
const END_SEEN_MS = 700;
const FORGOTTEN_S = 90; // a call that is open for longer has lost its caller
const MOST_REMEMBERED = 3000;

/**
 * @typedef {import('./types.js').Rec} Rec
 * @typedef {{record: Rec, arrow: import('./travel.js').Arrow}} Dot
 *
 * @typedef {Object} ShownState
 * @property {Map<string, {node: string, edge: string, at: number}>} calls  open, by message
 * @property {Map<string, number>} took     how long a caller really waited, in ms, by message, once that is known
 * @property {Map<string, {service: string, since: number}>} work  by service and message; `since` in ms
 * @property {Map<string, string>} ends     how the work ended, by service and message
 * @property {string|null} answered         status of the newest answer that the customer has
 */

/** @returns {ShownState} */
export const nothingShown = () => ({ calls: new Map(), took: new Map(), work: new Map(), ends: new Map(), answered: null });

/** How a record ends the handling of a message; null if it does not. @param {Rec} r */
export function endOf(r) {
  switch (r.kind) {
    case 'process': return r.status === 'ok' ? 'done' : r.status === 'duplicate' ? 'duplicate' : 'failed';
    case 'retry': return 'retry';
    case 'dead_letter': return r.status === 'lost' ? 'lost' : 'dead';
    case 'note': return r.name === 'Killed' ? 'failed' : null;
    default: return null;
  }
}

/** After records whose dots have not departed yet. @param {ShownState} shown @param {Rec[]} records @returns {ShownState} */
export function known(shown, records) {
  const after = { ...shown, took: new Map(shown.took), ends: new Map(shown.ends) };
  for (const r of records) {
    if (r.kind === 'response') remember(after.took, r.message ?? '', r.duration_ms ?? 0);
    const end = endOf(r);
    if (end) remember(after.ends, workKey(r), end);
    if (r.name === 'Reset') after.answered = null;
  }
  return after;
}

/** After these dots have departed. @param {ShownState} shown @param {Dot[]} dots @returns {ShownState} */
export function departed(shown, dots) {
  const requests = dots.filter(({ record }) => record.kind === 'request');
  if (!requests.length) return shown;
  const calls = new Map(shown.calls);
  for (const dot of requests) calls.set(dot.record.message ?? '', callOf(dot));
  const isNew = requests.some(({ record }) => record.source === 'customer');
  return { ...shown, calls, answered: isNew ? null : shown.answered };
}

/** After these dots have arrived. @param {ShownState} shown @param {Dot[]} dots @param {number} now  ms @returns {ShownState} */
export function arrived(shown, dots, now) {
  const after = { ...shown, calls: new Map(shown.calls), took: new Map(shown.took), work: new Map(shown.work), ends: new Map(shown.ends) };
  dropEnded(after, now);
  for (const { record } of dots) {
    const { kind, message = '', target = '' } = record;
    if (kind === 'response') {
      after.calls.delete(message);
      after.took.delete(message);
      if (isCustomersAnswer(record)) after.answered = record.status;
    } else if (kind === 'deliver' || kind === 'redeliver') {
      after.work.set(workKey(record), { service: target, since: now });
    }
  }
  return after;
}

/** Without any dots: exactly what the state says. @param {import('./types.js').State} state @param {number} now  ms @returns {ShownState} */
export function settled(state, now) {
  const shown = nothingShown();
  const at = state.log.at(-1)?.at ?? 0;
  for (const record of state.calls.values()) {
    const arrow = arrowOf(record);
    if (arrow && at - record.at < FORGOTTEN_S) shown.calls.set(record.message ?? '', callOf({ record, arrow }));
  }
  for (const [key, { target = '' }] of state.work) shown.work.set(key, { service: target, since: now });
  shown.answered = state.run?.answered?.status ?? null;
  return shown;
}

/**
 * Who waits: by node, how many callers, and how long the first of them has waited.
 * @param {ShownState} shown @param {number} at  unix seconds @returns {Map<string, {n: number, ms: number}>}
 */
export function waits(shown, at) {
  const found = new Map();
  for (const [message, { node, at: since }] of shown.calls) {
    if (at - since > FORGOTTEN_S) continue;
    const ms = shown.took.get(message) ?? Math.max(0, at - since) * 1000;
    const before = found.get(node) ?? { n: 0, ms: 0 };
    found.set(node, { n: before.n + 1, ms: Math.max(before.ms, ms) });
  }
  return found;
}

/** How many callers wait on each arrow. @param {ShownState} shown @param {number} at  unix seconds @returns {Map<string, number>} */
export function openCalls(shown, at) {
  const found = new Map();
  for (const { edge, at: since } of shown.calls.values()) {
    if (at - since <= FORGOTTEN_S) found.set(edge, (found.get(edge) ?? 0) + 1);
  }
  return found;
}

/**
 * Who works: by service, how many replicas, and how the last handling ended.
 * @param {ShownState} shown @param {number} now  ms @returns {Map<string, {n: number, end: string|null}>}
 */
export function works(shown, now) {
  const found = new Map();
  for (const [key, { service, since }] of shown.work) {
    const end = shown.ends.get(key);
    const isEnded = end && now - since >= WORK_SEEN_MS;
    if (isEnded && now - since >= WORK_SEEN_MS + END_SEEN_MS) continue;
    const before = found.get(service) ?? { n: 0, end: null };
    found.set(service, isEnded ? { ...before, end } : { ...before, n: before.n + 1 });
  }
  return found;
}

/** @param {Dot} dot */
const callOf = ({ record, arrow }) => ({ node: arrow.from, edge: arrow.edge, at: record.at });
/** @param {Rec} r */
const workKey = (r) => `${r.target} ${r.message}`;

/** @param {ShownState} shown  a fresh copy, changed here @param {number} now  ms */
function dropEnded({ work, ends }, now) {
  for (const [key, { since }] of work) {
    if (!ends.has(key) || now - since < WORK_SEEN_MS + END_SEEN_MS) continue;
    work.delete(key);
    ends.delete(key);
  }
}

/** @template T @param {Map<string, T>} map @param {string} key @param {T} value */
function remember(map, key, value) {
  map.set(key, value);
  if (map.size > MOST_REMEMBERED) map.delete(map.keys().next().value ?? '');
}
