// What one press has caused, in few words: the answer, and what went on after it.

import { element, mark } from '../dom.js';
import { trouble } from '../live/api.js';
import { ms, title } from '../state/plain.js';

/** @param {HTMLElement} place with [data-story-lines], an ordered list, and [data-then], shown once there was an answer */
export function story(place, { actions, store }) {
  const told = place.querySelector('[data-story-lines]');
  const then = place.querySelector('[data-then]');
  let run = null; // whose story it is
  let answer = null;
  let late = new Map(); // service: its records since

  actions.addEventListener('sent', () => {
    [run, answer, late] = [null, null, new Map()];
    tell(line('waiting', 'Sent. The customer waits …'));
  });
  actions.addEventListener('answered', ({ detail }) => {
    run = detail.headers.get('x-inflight-run');
    answer = detail.status && detail.status < 400
      ? line('answer', 'The customer has the answer', `${detail.status}, after ${ms(detail.ms)}`)
      : line('failed', `No order: ${trouble(detail.data)}`);
    then.hidden = false;
    for (const record of store.state.log) take(record);
    show();
  });
  store.addEventListener('records', ({ detail }) => {
    if (detail.past || !run) return;
    for (const record of detail.records) take(record);
    show();
  });

  function take(record) {
    if (record.run !== run || record.kind !== 'effect' || record.target === 'gateway') return;
    late.set(record.name, record);
  }

  function show() {
    tell(answer, ...[...late.values()].map((r) => line('ok', `${title(r.target)}: ${words(r)}`, since(r))));
  }

  /** How long after the answer, by the server's own clock. */
  function since(record) {
    const end = store.state.log.find((r) => r.run === run && r.kind === 'response' && r.target === 'customer');
    if (!end) return '';
    return record.at <= end.at ? 'before it' : `${ms((record.at - end.at) * 1000)} later`;
  }

  const tell = (...lines) => told.replaceChildren(...lines);
}

/** "OrderStored" as people say it. */
const words = (record) => record.name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
const line = (look, text, when = '') => element('li', { class: look },
  look === 'answer' ? null : mark(look), element('span', {}, text), when ? element('small', {}, when) : null);
