// What the picture says of a state: which callers wait, which services work, whether the customer has the
// answer. The state is that of one moment of the records, so all that is said was true at once.
// Pure; times are arguments.

import { arrowOf } from './travel.js';

const END_SEEN_MS = 700;
const FORGOTTEN_S = 90; // a call that is open for longer has lost its caller

/**
 * @typedef {import('./types.js').Rec} Rec @typedef {import('./types.js').State} State
 * @typedef {{record: Rec, arrow: import('./travel.js').Arrow}} Dot
 * @typedef {Map<string, {end: string, since: number}>} Ends  how the last work ended, by service; `since` in ms
 */

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

/** After these records have happened. @param {Ends} before @param {Rec[]} records @param {number} now  ms @returns {Ends} */
export function ended(before, records, now) {
  const after = new Map([...before].filter(([, { since }]) => now - since < END_SEEN_MS));
  for (const record of records) {
    const end = endOf(record);
    if (end) after.set(record.target ?? '', { end, since: now });
    if (record.name === 'Reset') after.clear();
  }
  return after;
}

/** The calls that are open. @param {State} state @param {number} at  unix seconds */
function* openAt({ calls }, at) {
  for (const record of calls.values()) {
    const arrow = arrowOf(record);
    if (arrow && at - record.at <= FORGOTTEN_S) yield { arrow, ms: Math.max(0, at - record.at) * 1000 };
  }
}

/**
 * Who waits: by node, how many callers, and how long the first of them has waited.
 * @param {State} state @param {number} at  unix seconds @returns {Map<string, {n: number, ms: number}>}
 */
export function waits(state, at) {
  const found = new Map();
  for (const { arrow: { from }, ms } of openAt(state, at)) {
    const before = found.get(from) ?? { n: 0, ms: 0 };
    found.set(from, { n: before.n + 1, ms: Math.max(before.ms, ms) });
  }
  return found;
}

/** How many callers wait on each arrow. @param {State} state @param {number} at  unix seconds @returns {Map<string, number>} */
export function openCalls(state, at) {
  const found = new Map();
  for (const { arrow: { edge } } of openAt(state, at)) found.set(edge, (found.get(edge) ?? 0) + 1);
  return found;
}

/**
 * Who works: by service, how many replicas, and how the last handling ended.
 * @param {State} state @param {Ends} ends @param {number} now  ms @returns {Map<string, {n: number, end: string|null}>}
 */
export function works(state, ends, now) {
  const found = new Map();
  for (const [service, { end, since }] of ends) if (now - since < END_SEEN_MS) found.set(service, { n: 0, end });
  for (const { target = '' } of state.work.values()) {
    const { n, end } = found.get(target) ?? { n: 0, end: null };
    found.set(target, { n: n + 1, end });
  }
  return found;
}

/** One message may be handled by several services at once. @param {Rec} r */
export const workKey = (r) => `${r.target} ${r.message}`;
