// For screen readers: what matters, at most every five seconds; a burst is summed up.

import { throttled } from '../dom.js';
import { sentence } from '../state/plain.js';
import { travels } from '../state/records.js';
import { isFailed } from '../state/travel.js';

/** @param {object|null} first  the record with which there is something to tell, if it is one of now */
export function announcer(place, store, first) {
  let news = [];
  const say = throttled(ANNOUNCE_MS, () => {
    place.textContent = summary(news);
    news = [];
  });
  const take = (records) => {
    news = news.concat(records.filter((r) => travels(r) || MATTERS.has(r.kind)));
    if (news.length) say();
  };
  store.addEventListener('records', ({ detail }) => { if (!detail.past) take(detail.records); });
  store.addEventListener('seek', () => { news = []; });
  if (first) take(store.state.log.slice(store.state.log.indexOf(first)));
}

const ANNOUNCE_MS = 5000;
const MATTERS = new Set(['state', 'dead_letter', 'fault']);

/** A few sentences about a few records, one about many. */
export function summary(records) {
  const told = records.filter((r) => MATTERS.has(r.kind) || r.kind === 'retry' || (r.kind === 'response' && r.target === 'customer'));
  if (told.length <= 3) return told.map(sentence).join(' ');
  const messages = new Set(records.filter((r) => r.message).map((r) => r.message));
  const failed = new Set(records.filter((r) => r.message && (isFailed(r) || r.kind === 'dead_letter')).map((r) => r.message));
  return `${messages.size} messages in the last 5 seconds, ${failed.size || 'none'} failed. ${sentence(told.at(-1))}`;
}
