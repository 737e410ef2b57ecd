// A lesson beside the playground: creates the parts of the text that are interactive.

import { start as startPlayground } from '../app.js';
import { all, element, one, pageData, targetOf } from '../dom.js';
import { fetched, onFirst, styled } from '../fetched.js';
import { call } from '../live/api.js';
import { browserMemory, tabMemory } from '../memory.js';
import { pin } from './pin.js';
import { tasks } from './tasks.js';

/** @typedef {import('../app.js').Playground} Playground */

export function start() {
  const playground = startPlayground();
  const article = one(document, '[data-lesson]');
  const play = one(document, '.play');
  const { scene, services, terms: says } = pageData('lesson-data');
  folded(playground.picture, services);
  const sheet = pin(play, playground.picture);
  keepPlace(article);
  runs(article, playground, play, () => sheet.picture());
  faultButtons(article, playground.store);
  terms(article, play, says);
  tasks(article, playground.store, (isFirst) => { if (isFirst) setScene(scene); });
  unlock(article);
  unfinished(article, playground.store);
  return playground;
}

/** The picture shows what the lesson needs; a press on the rest, shows the whole company. @param {import('../picture/picture.js').Picture} picture @param {string[]} services  none: all */
function folded(picture, services) {
  const button = one(document, '[data-whole]');
  if (!services.length) return;
  const show = (/** @type {boolean} */ isWhole) => {
    picture.keep(isWhole ? null : services);
    button.hidden = !isWhole;
  };
  button.addEventListener('click', () => show(false));
  picture.addEventListener('unfold', () => show(true));
  show(false);
}

/** What carries out runs is loaded when the first one is pressed. @param {HTMLElement} article @param {Playground} page @param {HTMLElement} play @param {() => void} showPicture */
function runs(article, { store, actions, picture }, play, showPicture) {
  /** @type {import('./run.js').Runs|null} */
  let made = null;
  article.addEventListener('click', async (event) => {
    const button = targetOf(event).closest('[data-run-go], [data-run-anyway]');
    const section = /** @type {HTMLElement|null|undefined} */ (button?.closest('[data-run-step]'));
    if (!button || !section) return;
    showPicture();
    try {
      const [{ Runs }] = await Promise.all([import('./run.js'), styled(section)]);
      made ??= new Runs(article, { store, actions, picture, stage: one(play, '.stage') });
    } catch {
      button.after(element('p', { class: 'problem', role: 'alert' }, 'A part of this page could not be loaded, so nothing was run. Press again when the badge says “Live”.'));
      return;
    }
    made.go(section, button.matches('[data-run-anyway]'));
  });
}

/** A run that this tab has not finished is ended: now, and when the server is there again. @param {HTMLElement} article @param {Playground['store']} store */
function unfinished(article, store) {
  let isEnding = false;
  const look = async () => {
    if (isEnding || !tabMemory.get('unfinished-run') || article.querySelector('[data-state="running"]')) return;
    isEnding = true;
    await (await import('./unfinished.js').catch(() => null))?.endUnfinished(article);
    isEnding = false;
  };
  look();
  store.addEventListener('stats', look); // once a second while the server can be heard
}

/** Needed by readers who were here before, or scroll. @param {HTMLElement} article */
async function keepPlace(article) {
  const place = fetched(article, async () => (await import('./place.js')).keepPlace(article));
  if (browserMemory.get(`place:${article.dataset.lesson}`)) await place();
  else onFirst(window, ['scroll'], place);
}

/** Buttons in the text that switch faults: loaded when one is pressed, or a fault is on. @param {HTMLElement} article @param {Playground['store']} store */
function faultButtons(article, store) {
  const buttons = fetched(article, async () => (await import('./fault_button.js')).faultButtons(article, store));
  article.addEventListener('click', async (event) => {
    const button = /** @type {HTMLButtonElement|null} */ (targetOf(event).closest('[data-fault-request]'));
    if (button) (await buttons())?.press(button);
  });
  onFirst(store, ['faults'], buttons, () => store.newest.faults.size && article.querySelector('[data-fault-request]'));
}

/** @type {Object<string, 'point'|'clear'|'say'>} */
const TERM_ACTS = { pointerover: 'point', focusin: 'point', pointerout: 'clear', focusout: 'clear', click: 'say' };

/** Terms are loaded when the reader first points at one. @param {HTMLElement} article @param {HTMLElement} play @param {Object<string, string>} says */
function terms(article, play, says) {
  const words = fetched(article, async () => (await import('./terms.js')).terms(one(play, '.stage'), says));
  for (const [type, act] of Object.entries(TERM_ACTS)) {
    article.addEventListener(type, async (event) => {
      const term = /** @type {HTMLElement|null} */ (targetOf(event).closest?.('.term'));
      if (term) (await words())?.[act](term);
    });
  }
}

/** The design and faults that the lesson begins with, through the public API: shown like any other change. @param {{design: unknown, faults: unknown[]}} scene */
async function setScene({ design, faults }) {
  await call('DELETE', '/api/playground/faults');
  await call('PATCH', '/api/playground/design', design);
  for (const fault of faults) await call('POST', '/api/playground/faults', fault);
}

/** A guess unlocks its run; an observation opens the verdict. @param {HTMLElement} article */
function unlock(article) {
  for (const step of all(article, '.step:has(.kept)')) step.dataset.heard = '';
  document.addEventListener('htmx:after:swap', async () => {
    if (article.querySelector(':is([data-unlocks], [data-opens]):has(.kept):not([data-heard])')) (await import('./partial.js')).refreshKept(article);
  });
}
