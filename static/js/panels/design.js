// The design drawer: each control is a choice, sent at once; the design in force comes back over the socket.

import { all, one } from '../dom.js';
import { call, problemText } from '../live/api.js';

/** @typedef {HTMLInputElement} Control  or a select */

/** @param {HTMLElement} drawer @param {import('../state/store.js').Store} store */
export function design(drawer, store) {
  /** @type {Control[]} */
  const controls = all(drawer, '[data-choice]');
  const place = one(drawer, '[data-design-problem]');
  const undo = /** @type {HTMLButtonElement} */ (one(drawer, '[data-undo]'));
  /** @type {unknown[]} */
  const before = []; // designs to undo to, newest last
  /** @type {Control|null} */
  let typedIn = null; // its value is not chosen yet

  for (const control of controls) {
    control.addEventListener('input', () => (typedIn = control));
    control.addEventListener('blur', () => (typedIn = null));
    control.addEventListener('change', () => {
      typedIn = null;
      choose(control);
    });
  }
  for (const button of all(drawer, '[data-preset]')) {
    button.addEventListener('click', () => send({ preset: button.dataset.preset }));
  }
  undo.addEventListener('click', async () => {
    const design = before.pop();
    undo.disabled = before.length === 0;
    await patch(design);
  });
  store.addEventListener('design', show);
  show();

  /** @param {Control} control */
  function choose(control) {
    const value = valueOf(control);
    if (value === undefined || !control.checkValidity()) {
      show();
      return say(`${control.validationMessage || 'This needs a number.'} Nothing was changed.`);
    }
    send(pathOf(control).reduceRight((/** @type {unknown} */ inner, name) => ({ [name]: inner }), value));
  }

  /** @param {unknown} change */
  async function send(change) {
    const present = store.newest.design;
    if (await patch(change)) {
      before.push(present);
      undo.disabled = false;
    }
  }

  /** @param {unknown} change */
  async function patch(change) {
    const { status, data } = await call('PATCH', '/api/playground/design', change);
    say(status === 200 ? '' : problemText(data));
    if (status !== 200) show();
    return status === 200;
  }

  /** The design in force, also if another browser has changed it. A value that is being typed stays. */
  function show() {
    for (const control of controls) {
      const value = pathOf(control).reduce((/** @type {any} */ inner, name) => inner?.[name], store.newest.design);
      if (control.type === 'checkbox') control.checked = Boolean(value);
      else if (control !== typedIn) control.value = value ?? '';
    }
  }

  /** @param {string} words */
  function say(words) {
    place.hidden = !words;
    place.textContent = words;
  }
}

/** "call_retry.policy" as its parts. @param {Control} control */
const pathOf = (control) => (control.dataset.choice ?? '').split('.');

/** A control's value; an empty number is null where the choice can be empty, else undefined. @param {Control} control */
function valueOf(control) {
  if (control.type === 'checkbox') return control.checked;
  if (control.type !== 'number') return control.value;
  if (control.value !== '') return control.valueAsNumber;
  return control.placeholder ? null : undefined;
}
