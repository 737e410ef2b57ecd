// A message's passport: one stamp for each of its records, what caused it, and what it caused. Pure.

import { ms, title } from './plain.js';

/**
 * @typedef {import('./types.js').Rec} Rec
 * @typedef {{record: Rec, service: string, words: string, after_ms: number, gap_ms: number}} Stamp
 *   `service` is the subscriber it concerns, "" if all
 * @typedef {{name: string, words: string, record: Rec}} Relative
 * @typedef {{service: string, message: string}} Handler
 *
 * @typedef {Object} Passport
 * @property {string} message @property {string} name @property {boolean} isText
 * @property {Stamp[]} stamps @property {string[]} subscribers
 * @property {Relative|null} cause @property {Relative[]} effects
 * @property {import('./types.js').CloudEvent|null} event
 * @property {Handler[]} handlers  whose code ran, or would have
 */

/** @param {Rec[]} records of the message's trace @param {Rec} record one of the message @returns {Passport} */
export function passport(records, record) {
  const inTime = [...records].sort((a, b) => a.at - b.at);
  const isText = inTime.some((r) => r.kind === 'publish' && r.message === record.message) || record.style === 'text';
  const mine = inTime.filter((r) => (isText ? r.message === record.message : r.message === record.message || (r.span === record.message && !r.message)));
  const spans = new Set(isText ? mine.filter((r) => r.kind === 'deliver' || r.kind === 'redeliver').map((r) => r.span) : [record.message]);
  return {
    message: record.message ?? '', name: record.name, isText, stamps: stamps(mine),
    subscribers: isText ? [...new Set(mine.map((r) => r.target ?? '').filter((name) => name && name !== 'broker'))] : [],
    cause: causeOf(inTime, mine, isText), effects: effectsOf(inTime, record.message ?? '', spans),
    event: mine.find((r) => r.data?.event)?.data?.event ?? null, handlers: handlersOf(mine, isText),
  };
}

/** @param {Rec[]} mine @returns {Stamp[]} */
function stamps(mine) {
  return mine.map((record, i) => ({
    record, service: record.target && record.target !== 'broker' ? record.target : '', words: stamp(record),
    after_ms: (record.at - mine[0].at) * 1000, gap_ms: i ? (record.at - mine[i - 1].at) * 1000 : 0,
  }));
}

/** The words of a stamp. @param {Rec} r */
export function stamp(r) {
  const to = title(r.target);
  const fault = r.fault ? ` (fault: ${r.fault.kind.replaceAll('_', ' ')})` : '';
  const replica = r.data?.replica ? `, replica ${r.data.replica}` : '';
  switch (r.kind) {
    case 'publish': return r.status === 'ok' ? `Published by ${title(r.source)}` : `Not accepted by the broker: ${r.data?.reason}${fault}`;
    case 'enqueue': return r.status === 'lost' ? `Lost on the way to ${to}'s queue${fault}` : `Queued for ${to}${fault}`;
    case 'deliver': return `Taken by ${to}${replica}, attempt ${r.attempt}, after waiting ${ms(r.wait_ms)}${fault}`;
    case 'redeliver': return `Taken again by ${to}${replica}, attempt ${r.attempt}: the worker that had it is gone${fault}`;
    case 'process': return processed(r, to);
    case 'ack': return `Acknowledged by ${to}`;
    case 'retry': return `To be tried again by ${to} after ${r.data?.delay_s} s`;
    case 'dead_letter': return `${r.status === 'lost' ? 'Discarded' : 'Dead-lettered'} at ${to}: ${r.data?.reason}`;
    case 'request': return `${title(r.source)} calls ${to}${(r.attempt ?? 1) > 1 ? `, attempt ${r.attempt}` : ''}${fault}`;
    case 'response': return `${title(r.source)} ${r.status === 'ok' ? 'answers' : 'answers with an error'}: ${r.code ?? r.status}, after ${ms(r.duration_ms)}`;
    case 'effect': return `Effect at ${to}: ${r.name}${r.data?.subject ? `, ${r.data.subject}` : ''}`;
    case 'state': return `Order is “${r.name.replaceAll('_', ' ')}”`;
    default: return noted(r, to);
  }
}

/** @param {Rec} r @param {string} to */
function processed(r, to) {
  if (r.status === 'ok') return `Handled by ${to} in ${ms(r.work_ms)}`;
  return r.status === 'duplicate' ? `${to} has handled it before and ignores it` : `Failed at ${to}: ${r.data?.reason ?? r.status}`;
}

/** @param {Rec} r @param {string} to */
function noted(r, to) {
  const reason = r.data?.reason ? `: ${r.data.reason}` : '';
  if (r.name.endsWith(' replayed')) return `Replayed for ${to}${reason}`;
  if (r.name.endsWith(' discarded')) return `Discarded for ${to}${reason}`;
  return `${r.name} at ${to}${reason}`;
}

/** What was being handled when this message was sent: the request or the delivery of the same span. @param {Rec[]} records @param {Rec[]} mine @param {boolean} isText */
function causeOf(records, mine, isText) {
  const first = mine.find((r) => r.kind === (isText ? 'publish' : 'request'));
  const span = isText ? first?.span : first?.parent;
  const event = first?.data?.event;
  const cause = records.find((r) => ['request', 'deliver', 'redeliver'].includes(r.kind) && r.span === span)
    ?? records.find((r) => event && r.kind === 'publish' && r.message === event.causationid);
  return cause && cause.message !== first?.message ? relative(cause) : null;
}

/** What was sent while it was being handled. @param {Rec[]} records @param {string} message @param {Set<string|undefined>} spans */
function effectsOf(records, message, spans) {
  const sent = records.filter((r) => (r.kind === 'request' && spans.has(r.parent))
    || (r.kind === 'publish' && (spans.has(r.span) || r.data?.event?.causationid === message)));
  const once = new Map(sent.filter((r) => r.message !== message).map((r) => [r.message, r]));
  return [...once.values()].map(relative);
}

/** @param {Rec} record @returns {Relative} */
const relative = (record) => ({
  record, name: record.name,
  words: record.style === 'text' && record.kind !== 'publish' ? `text to ${title(record.target)}`
    : record.kind === 'publish' ? `text from ${title(record.source)}` : `call from ${title(record.source)} to ${title(record.target)}`,
});

/** @param {Rec[]} mine @param {boolean} isText @returns {Handler[]} */
function handlersOf(mine, isText) {
  const asked = mine.filter((r) => (isText ? r.kind === 'deliver' || r.kind === 'redeliver' : r.kind === 'request'));
  const pairs = asked.map((r) => ({ service: r.target ?? '', message: r.data?.command ?? r.name }));
  return [...new Map(pairs.map((pair) => [`${pair.service} ${pair.message}`, pair])).values()];
}
