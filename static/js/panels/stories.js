// The choice of the story that is shown: one in the log, or always the newest.

import { element, throttled } from '../dom.js';
import { clockTime } from '../state/clock_time.js';
import { ms } from '../state/plain.js';
import { storiesOf } from '../state/stories.js';

const MOST_LISTED = 100;
const PAUSE_MS = 500;

/** @param {HTMLSelectElement} select @param {import('../state/store.js').Store} store @param {import('../state/choice.js').Choice} choice @returns {{show: () => void}} */
export function stories(select, store, choice) {
  let drawn = '';
  const show = () => {
    const all = storiesOf(store.state.log);
    const listed = all.slice(0, MOST_LISTED);
    const newest = all.find((story) => story.requests === 1);
    const options = [['', newest ? `Newest: ${spoken(newest)}` : 'Follow the newest'], ...listed.map((story) => [story.id, spoken(story)])];
    if (choice.id && !options.some(([id]) => id === choice.id)) options.push([choice.id, 'No longer in the log']);
    if (all.length > listed.length) options.push(['…', `${all.length - listed.length} older ones are not listed`]);
    const key = JSON.stringify(options);
    if (key !== drawn) {
      drawn = key;
      select.replaceChildren(...options.map(([value, words]) => element('option', { value, disabled: value === '…' }, words)));
    }
    select.value = choice.id;
  };
  const later = throttled(PAUSE_MS, () => {
    // A list that is being used must not change, and a hidden one need not.
    if (document.activeElement !== select && select.offsetParent) show();
  });
  store.addEventListener('records', later);
  store.addEventListener('seek', later);
  choice.addEventListener('chosen', show);
  select.addEventListener('pointerdown', show);
  select.addEventListener('blur', later);
  select.addEventListener('change', () => choice.choose(select.value));
  show();
  return { show };
}

/** Name, time of day, status, duration. @param {import('../state/stories.js').Story} story */
export function spoken(story) {
  const when = clockTime(story.at);
  if (story.requests > 1) return `All ${story.requests} requests of a run · ${when} · ${ms((story.last - story.at) * 1000)}`;
  const answer = story.status === 'waits' ? 'no answer yet' : `${story.code ?? story.status} after ${ms(story.answer_ms)}`;
  return `${story.name} · ${when} · ${answer} · ${ms((story.last - story.at) * 1000)} in all`;
}
