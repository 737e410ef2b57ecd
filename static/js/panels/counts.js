// Counts that are shown from the first record on: the run's messages, messages on a dot, dead letters.

import { detailOf } from '../dom.js';
import { paced } from '../frames.js';

const RUN_MS = 200;
const CROWD_MS = 250;

/** @typedef {import('../state/store.js').Store} Store */

/** The newest run: what it is, and how many messages it took. @param {HTMLElement} place @param {Store} store */
export function run(place, store) {
  const show = paced(RUN_MS, () => {
    const { run: shown } = store.state;
    place.textContent = shown ? `${shown.name} · ${shown.messages} messages` : '';
  });
  for (const type of ['records', 'seek']) store.addEventListener(type, show);
  show();
}

/** "1 dot = up to 12 messages", while that is so; and messages that have no arrow in this picture. @param {HTMLElement} place @param {import('../picture/dots.js').Dots} dots */
export function crowd(place, dots) {
  let [most, undrawn] = [1, 0];
  const show = paced(CROWD_MS, () => {
    place.hidden = most <= 1 && !undrawn;
    place.textContent = [
      most > 1 ? `1 dot = up to ${most} messages: the number on a dot says how many.` : '',
      undrawn ? `${undrawn} message${undrawn === 1 ? '' : 's'} used arrows that this design no longer has; the log shows them.` : '',
    ].filter(Boolean).join(' ');
  });
  dots.addEventListener('crowd', (event) => {
    ({ most, undrawn } = detailOf(event));
    show();
  });
}

/** The number of dead letters, on the ledger's tab. @param {HTMLElement} counter @param {Store} store */
export function deadLetters(counter, store) {
  store.addEventListener('stats', () => {
    const dead = Object.values(store.newest.stats?.queues ?? {}).reduce((sum, q) => sum + q.dead, 0);
    counter.hidden = dead === 0;
    counter.textContent = String(dead);
    counter.setAttribute('aria-label', `${dead} dead letter${dead === 1 ? '' : 's'}`);
  });
}
