// What is counted as soon as anything happens: the run's messages, those on a dot, dead letters.

import { paced } from '../frames.js';

const RUN_MS = 200;
const CROWD_MS = 250;

/** The newest run: what it is, and how many messages it took. */
export function run(place, store) {
  const show = paced(RUN_MS, () => {
    const { run: story } = store.state;
    place.textContent = story ? `${story.name} · ${story.messages} messages` : '';
  });
  for (const type of ['records', 'seek']) store.addEventListener(type, show);
  show();
}

/** "1 dot = up to 12 messages", as long as it is so; and what no arrow of this picture carries. */
export function crowd(place, dots) {
  let told = { most: 1, undrawn: 0 };
  const show = paced(CROWD_MS, () => {
    const { most, undrawn } = told;
    place.hidden = most <= 1 && !undrawn;
    place.textContent = [
      most > 1 ? `1 dot = up to ${most} messages: the number on a dot says how many it carries.` : '',
      undrawn ? `${undrawn} message${undrawn === 1 ? '' : 's'} went along arrows that this design no longer has; the log shows them.` : '',
    ].filter(Boolean).join(' ');
  });
  dots.addEventListener('crowd', ({ detail }) => {
    told = detail;
    show();
  });
}

/** How many dead letters there are, on the ledger's tab. */
export function deadLetters(counter, store) {
  store.addEventListener('stats', () => {
    const dead = Object.values(store.stats.queues).reduce((sum, q) => sum + q.dead, 0);
    counter.hidden = dead === 0;
    counter.textContent = dead;
    counter.setAttribute('aria-label', `${dead} dead letter${dead === 1 ? '' : 's'}`);
  });
}
