// Tasks that tick themselves: the server checks what has happened.

import { all, detailOf, one, throttled } from '../dom.js';
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
    for (const step of open()) if (data.done.includes(step.dataset.task)) tick(step);
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
  one(step, '[data-task-says]').textContent = 'Done. It ticked itself.';
}
