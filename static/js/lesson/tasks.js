// Tasks that tick themselves: the server checks what has happened.

import { all, detailOf, element, one, throttled } from '../dom.js';
import { call } from '../live/api.js';

const LOOK_EVERY_MS = 2500;

/** @param {HTMLElement} article @param {import('../state/store.js').Store} store @param {(isFirst: boolean) => void} opened  called once, when the server begins to watch */
export function tasks(article, store, opened) {
  const open = () => all(article, '[data-task]:not([data-done])');
  let isOpened = false;

  async function look() {
    if (isOpened && !open().length) return;
    const { status, data } = await call('POST', `/lessons/${article.dataset.lesson}/tasks/`);
    if (status !== 200) return; // Redis or the server is away; tried again with the next records
    for (const step of open()) {
      const { task = '' } = step.dataset;
      if (data.done.includes(task)) tick(step);
      else if (isOpened) showMissing(step, data.missing[task] ?? []);
    }
    if (!isOpened) opened(data.is_first);
    isOpened = true;
  }

  const soon = throttled(LOOK_EVERY_MS, look);
  store.addEventListener('records', (event) => { if (!detailOf(event).past) soon(); });
  store.addEventListener('design', soon);
  soon();
}

/** @param {HTMLElement} step */
function tick(step) {
  step.dataset.done = '';
  one(step, '[data-missing]').hidden = true;
  one(step, '[data-task-says]').textContent = 'Done. It ticked itself.';
}

/** Of what has happened since the lesson was opened. @param {HTMLElement} step @param {string[]} missing */
function showMissing(step, missing) {
  const details = one(step, '[data-missing]');
  details.hidden = !missing.length;
  one(details, 'ul').replaceChildren(...missing.map((words) => element('li', {}, words)));
}
