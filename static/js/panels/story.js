// What one press has caused, in a few words: the answer, and the work after it.

import { detailOf, element, mark, one } from '../dom.js';
import { problemText } from '../live/api.js';
import { ms, title } from '../state/plain.js';
import { isCustomersAnswer } from '../state/travel.js';

const LOOK_EVERY_MS = 150;
const UNHEARD_MS = 4000; // an answer whose record does not come is told all the same

/** @typedef {import('../state/types.js').Rec} Rec @typedef {import('./actions.js').Answered} Answered */

/**
 * @param {HTMLElement} place with [data-story-lines], an ordered list, and [data-then], shown after the first answer
 * @param {{actions: import('./actions.js').Actions, store: import('../state/store.js').Store, picture: import('../picture/picture.js').Picture}} parts
 */
export function story(place, { actions, store, picture }) {
  const lines = one(place, '[data-story-lines]');
  const then = one(place, '[data-then]');
  /** @type {string|null} */
  let run = null;
  /** @type {HTMLElement|null} */
  let answer = null;
  /** @type {Map<string, Rec>} */
  let effects = new Map(); // by name
  let sentAt = 0; // by performance.now()
  /** @type {ReturnType<typeof setTimeout>|0} */
  let timer = 0;

  actions.addEventListener('sent', () => {
    [run, answer, effects, sentAt] = [null, null, new Map(), performance.now()];
    lines.replaceChildren(line('waiting', 'Sent. The customer waits …'));
  });
  actions.addEventListener('answered', (event) => {
    /** @type {Answered} */
    const detail = detailOf(event);
    run = detail.headers.get('x-inflight-run');
    answer = detail.status && detail.status < 400
      ? line('answer', 'The customer has the answer', `${detail.status}, after ${ms(detail.ms)}`)
      : line('failed', `No order: ${problemText(detail.data)}`);
    for (const record of store.state.log) take(record);
    show();
  });
  store.addEventListener('records', (event) => {
    const detail = detailOf(event);
    if (detail.past || !run) return;
    for (const record of detail.records) take(record);
    show();
  });

  /** @param {Rec} record */
  function take(record) {
    if (record.run !== run || record.kind !== 'effect' || record.target === 'gateway') return;
    effects.set(record.name, record);
  }

  /** What the picture has shown: the story does not run ahead of the dots. */
  function show() {
    clearTimeout(timer);
    const end = store.state.log.find((r) => r.run === run && isCustomersAnswer(r));
    const isAnswered = Boolean(answer) && (end ? picture.hasReached(end) : performance.now() - sentAt > UNHEARD_MS);
    const done = [...effects.values()].filter((r) => picture.hasReached(r));
    if (isAnswered || done.length) {
      lines.replaceChildren(...(answer && isAnswered ? [answer] : []), ...done.map((r) => line('ok', `${title(r.target)}: ${words(r)}`, isAnswered ? since(r) : '')));
    }
    if (isAnswered) then.hidden = false;
    if (!isAnswered || done.length < effects.size) timer = setTimeout(show, LOOK_EVERY_MS);
  }

  /** How long after the answer, by the server's clock. @param {Rec} record */
  function since(record) {
    const end = store.state.log.find((r) => r.run === run && isCustomersAnswer(r));
    if (!end) return '';
    return record.at <= end.at ? 'before it' : `${ms((record.at - end.at) * 1000)} later`;
  }
}

/** "OrderStored" in words. @param {Rec} record */
const words = (record) => record.name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
/** @param {string} look @param {string} text @param {string} [when] */
const line = (look, text, when = '') => element('li', { class: look },
  look === 'answer' ? null : mark(look), element('span', {}, text), when ? element('small', {}, when) : null);
