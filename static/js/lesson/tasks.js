// Tasks that tick themselves: the server looks at what has really happened.

import { throttled } from '../dom.js';
import { call } from '../live/api.js';

const LOOK_EVERY_MS = 2500;

/** @param {(isFirst: boolean) => void} opened  told once, when the server begins to watch */
export function tasks(article, store, opened) {
  const open = () => [...article.querySelectorAll('[data-task]:not([data-done])')];
  let isOpened = false;

  async function look() {
    if (isOpened && !open().length) return;
    const { status, data } = await call('POST', `/lessons/${article.dataset.lesson}/tasks/`);
    if (status !== 200) return; // Redis or the server is away, and the badge says so; asked again with the next records
    for (const step of open()) if (data.done.includes(step.dataset.task)) tick(step);
    if (!isOpened) opened(data.is_first);
    isOpened = true;
  }

  const soon = throttled(LOOK_EVERY_MS, look);
  store.addEventListener('records', ({ detail }) => { if (!detail.past) soon(); });
  store.addEventListener('design', soon);
  soon();
}

function tick(step) {
  step.dataset.done = '';
  step.querySelector('[data-task-says]').textContent = 'Done. It ticked itself.';
}
