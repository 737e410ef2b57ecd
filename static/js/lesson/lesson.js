// The lesson beside the playground: who is there, and who hears whom.

import { actions, picture, store } from '../app.js';
import { element } from '../dom.js';
import { call } from '../live/api.js';
import { faultButtons } from './fault_button.js';
import { refresh } from './partial.js';
import { pin } from './pin.js';
import { keepPlace } from './place.js';
import { tasks } from './tasks.js';
import { terms } from './terms.js';

const article = document.querySelector('[data-lesson]');
const play = document.querySelector('.play');
const { scene, terms: says } = JSON.parse(document.querySelector('#lesson-data').textContent);

const sheet = pin(play);
keepPlace(article);
runsOf(article);
faultButtons(article, store);
terms(article, play.querySelector('.stage'), says);
tasks(article, store, (isFirst) => { if (isFirst) setScene(); });

/** What carries runs out is fetched when the first one is pressed. */
function runsOf(steps) {
  let runs = null;
  steps.addEventListener('click', async ({ target }) => {
    const button = target.closest('[data-run-go], [data-run-anyway]');
    if (!button) return;
    sheet.picture();
    try {
      runs ??= await import('./run.js').then(({ Runs }) => new Runs(article, { store, actions, picture, stage: play.querySelector('.stage') }));
    } catch {
      button.after(element('p', { class: 'trouble', role: 'alert' }, 'What carries it out could not be fetched, so nothing was run. Press again when the badge says “Live”.'));
      return;
    }
    runs.go(button.closest('[data-run-step]'), button.matches('[data-run-anyway]'));
  });
}

/** What the lesson begins with, through the public API: shown like any other change. */
async function setScene() {
  if (Object.keys(scene.design).length) await call('PATCH', '/api/playground/design', scene.design);
  for (const fault of scene.faults) await call('POST', '/api/playground/faults', fault);
}

for (const step of article.querySelectorAll('.step:has(.kept)')) step.dataset.heard = '';

/** A guess unlocks its run; what was seen opens the verdict. */
document.addEventListener('htmx:after:swap', () => {
  for (const step of article.querySelectorAll('[data-unlocks]:has(.kept):not([data-heard])')) {
    step.dataset.heard = '';
    const run = article.querySelector(`[data-run-step="${step.dataset.unlocks}"][data-locked]`);
    if (run) refresh(run);
  }
  for (const step of article.querySelectorAll('[data-opens]:has(.kept):not([data-heard])')) {
    step.dataset.heard = '';
    const verdict = article.querySelector(`#step-verdict-${step.dataset.opens}`);
    if (verdict) refresh(verdict);
  }
});
