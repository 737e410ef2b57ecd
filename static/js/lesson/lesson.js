// The lesson beside the playground: who hears whom.

import { actions, picture, store } from '../app.js';
import { element } from '../dom.js';
import { fetched, onFirst, styled } from '../fetched.js';
import { call } from '../live/api.js';
import { pin } from './pin.js';
import { tasks } from './tasks.js';

const article = document.querySelector('[data-lesson]');
const play = document.querySelector('.play');
const { scene, terms: says } = JSON.parse(document.querySelector('#lesson-data').textContent);

const sheet = pin(play, picture);
placeOf(article);
runsOf(article);
faultsOf(article);
termsOf(article);
tasks(article, store, (isFirst) => { if (isFirst) setScene(); });

/** What carries runs out is fetched when the first one is pressed. */
function runsOf(steps) {
  let runs = null;
  steps.addEventListener('click', async ({ target }) => {
    const button = target.closest('[data-run-go], [data-run-anyway]');
    if (!button) return;
    sheet.picture();
    try {
      runs ??= await Promise.all([import('./run.js'), styled(button.closest('[data-run-step]'))]).then(([{ Runs }]) => new Runs(article, { store, actions, picture, stage: play.querySelector('.stage') }));
    } catch {
      button.after(element('p', { class: 'problem', role: 'alert' }, 'What carries it out could not be fetched, so nothing was run. Press again when the badge says “Live”.'));
      return;
    }
    runs.go(button.closest('[data-run-step]'), button.matches('[data-run-anyway]'));
  });
}

/** Where one was is of use to whoever has been here, or goes on from the top. */
async function placeOf(text) {
  const place = fetched(text, async () => (await import('./place.js')).keepPlace(text));
  if (localStorage.getItem(`place:${text.dataset.lesson}`)) await place();
  else onFirst(window, ['scroll'], place);
}

/** A button that breaks something, fetched when it is pressed, or has something to tell. */
function faultsOf(steps) {
  const buttons = fetched(steps, async () => (await import('./fault_button.js')).faultButtons(steps, store));
  steps.addEventListener('click', async ({ target }) => {
    const button = target.closest('[data-fault-request]');
    if (button) (await buttons())?.press(button);
  });
  onFirst(store, ['faults'], buttons, () => store.faults.length && steps.querySelector('[data-fault-request]'));
}

/** What a word points at is fetched when somebody first points at one. */
function termsOf(text) {
  const words = fetched(text, async () => (await import('./terms.js')).terms(play.querySelector('.stage'), says));
  const acts = { pointerover: 'point', focusin: 'point', pointerout: 'clear', focusout: 'clear', click: 'say' };
  for (const [type, act] of Object.entries(acts)) {
    text.addEventListener(type, async ({ target }) => {
      const term = target.closest?.('.term');
      if (term) (await words())?.[act](term);
    });
  }
}

/** What the lesson begins with, through the public API: shown like any other change. */
async function setScene() {
  await call('DELETE', '/api/playground/faults');
  await call('PATCH', '/api/playground/design', scene.design);
  for (const fault of scene.faults) await call('POST', '/api/playground/faults', fault);
}

for (const step of article.querySelectorAll('.step:has(.kept)')) step.dataset.heard = '';

/** A guess unlocks its run; what was seen opens the verdict. */
document.addEventListener('htmx:after:swap', async () => {
  if (article.querySelector(':is([data-unlocks], [data-opens]):has(.kept):not([data-heard])')) (await import('./partial.js')).refreshKept(article);
});
