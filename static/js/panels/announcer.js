// For screen readers: what matters, at most every five seconds; many records become one summary.

import { detailOf, throttled } from '../dom.js';
import { sentence } from '../state/plain.js';
import { isCustomersAnswer, isFailed, travels } from '../state/travel.js';

/** @typedef {import('../state/types.js').Rec} Rec */

/** @param {{textContent: string|null}} place @param {import('../state/store.js').Store} store @param {Rec|null} first  the first new record */
export function announcer(place, store, first) {
  /** @type {Rec[]} */
  let unsaid = [];
  const say = throttled(ANNOUNCE_MS, () => {
    place.textContent = summary(unsaid);
    unsaid = [];
  });
  const take = (/** @type {Rec[]} */ records) => {
    unsaid = unsaid.concat(records.filter((r) => travels(r) || MATTERS.has(r.kind)));
    if (unsaid.length) say();
  };
  store.addEventListener('records', (event) => { if (!detailOf(event).past) take(detailOf(event).records); });
  store.addEventListener('seek', () => { unsaid = []; });
  if (first) take(store.state.log.slice(store.state.log.indexOf(first)));
}

const ANNOUNCE_MS = 5000;
const MATTERS = new Set(['state', 'dead_letter', 'fault']);

/** A sentence for each of a few records, one summary of many. @param {Rec[]} records */
export function summary(records) {
  const important = records.filter((r) => MATTERS.has(r.kind) || r.kind === 'retry' || isCustomersAnswer(r));
  if (important.length <= 3) return important.map(sentence).join(' ');
  const messages = new Set(records.filter((r) => r.message).map((r) => r.message));
  const failed = new Set(records.filter((r) => r.message && (isFailed(r) || r.kind === 'dead_letter')).map((r) => r.message));
  return `${messages.size} messages in the last 5 seconds, ${failed.size || 'none'} failed. ${sentence(important[important.length - 1])}`;
}
