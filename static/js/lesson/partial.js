// Replaces a step by its newest version from the server.

import { all, one } from '../dom.js';
import { styled } from '../fetched.js';

/** @param {HTMLElement} step */
export async function refresh(step) {
  const { lesson } = /** @type {HTMLElement} */ (step.closest('[data-lesson]')).dataset;
  try {
    const response = await fetch(`/lessons/${lesson}/steps/${step.dataset.step}/`);
    if (!response.ok) return;
    const made = document.createElement('template');
    made.innerHTML = await response.text();
    const fresh = one(made.content, '.step');
    await styled(fresh);
    const focused = step.contains(document.activeElement);
    step.replaceWith(fresh);
    window.htmx?.process(fresh);
    if (focused) (all(fresh, '[data-run-go]')[0] ?? fresh).focus();
    document.dispatchEvent(new CustomEvent('lesson:step', { detail: fresh }));
  } catch { /* the server is away: the step stays as it was until a reload */ }
}

/** Every step that waits for this run. @param {HTMLElement} article @param {string} run */
export async function refreshAfter(article, run) {
  await Promise.all(all(article, `[data-after="${run}"], [data-unlocks="${run}"]:not(:has(.kept))`).map(refresh));
}

/** The run that a newly kept guess unlocks, and the verdict that a newly kept observation opens. @param {HTMLElement} article */
export function refreshKept(article) {
  for (const step of all(article, ':is([data-unlocks], [data-opens]):has(.kept):not([data-heard])')) {
    step.dataset.heard = '';
    const { unlocks, opens } = step.dataset;
    const [waiting] = all(article, unlocks ? `[data-run-step="${unlocks}"][data-locked]` : `#step-verdict-${opens}`);
    if (waiting) refresh(waiting);
  }
}
