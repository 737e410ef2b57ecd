// A step as the server has it now, put in the place of what is on the page.

import { styled } from '../fetched.js';

/** @param {HTMLElement} step */
export async function refresh(step) {
  const { lesson } = step.closest('[data-lesson]').dataset;
  try {
    const response = await fetch(`/lessons/${lesson}/steps/${step.dataset.step}/`);
    if (!response.ok) return;
    const made = document.createElement('template');
    made.innerHTML = await response.text();
    const fresh = made.content.querySelector('.step');
    await styled(fresh);
    const focused = step.contains(document.activeElement);
    step.replaceWith(fresh);
    window.htmx?.process(fresh);
    if (focused) (fresh.querySelector('[data-run-go]') ?? fresh).focus();
    document.dispatchEvent(new CustomEvent('lesson:step', { detail: fresh }));
  } catch { /* away: the step stays as it was, and a reload shows what is kept */ }
}

/** Everything that waits for this run. */
export async function refreshAfter(article, run) {
  await Promise.all([...article.querySelectorAll(`[data-after="${run}"], [data-unlocks="${run}"]:not(:has(.kept))`)].map(refresh));
}

/** What a guess unlocks, and what an observation opens, if that was kept since the last time. */
export function refreshKept(article) {
  for (const step of article.querySelectorAll(':is([data-unlocks], [data-opens]):has(.kept):not([data-heard])')) {
    step.dataset.heard = '';
    const { unlocks, opens } = step.dataset;
    const waiting = article.querySelector(unlocks ? `[data-run-step="${unlocks}"][data-locked]` : `#step-verdict-${opens}`);
    if (waiting) refresh(waiting);
  }
}
