// The architect's drawer: each control is a choice; what holds comes back over the socket.

import { call, trouble } from '../live/api.js';

/** @param {HTMLElement} drawer */
export function design(drawer, store) {
  const controls = [...drawer.querySelectorAll('[data-choice]')];
  const place = drawer.querySelector('[data-design-problem]');
  const undo = drawer.querySelector('[data-undo]');
  const before = []; // designs to go back to, newest last
  let typedIn = null; // the control that holds what is not yet chosen

  for (const control of controls) {
    control.addEventListener('input', () => (typedIn = control));
    control.addEventListener('blur', () => (typedIn = null));
    control.addEventListener('change', () => {
      typedIn = null;
      choose(control);
    });
  }
  for (const button of drawer.querySelectorAll('[data-preset]')) {
    button.addEventListener('click', () => send({ preset: button.dataset.preset }));
  }
  undo.addEventListener('click', async () => {
    const design = before.pop();
    undo.disabled = before.length === 0;
    await patch(design);
  });
  store.addEventListener('design', show);
  show();

  function choose(control) {
    const value = valueOf(control);
    if (value === undefined || !control.checkValidity()) {
      show();
      return say(`${control.validationMessage || 'This needs a number.'} Nothing was changed.`);
    }
    send(control.dataset.choice.split('.').reduceRight((inner, name) => ({ [name]: inner }), value));
  }

  async function send(change) {
    const present = store.design;
    if (await patch(change)) {
      before.push(present);
      undo.disabled = false;
    }
  }

  async function patch(change) {
    const { status, data } = await call('PATCH', '/api/playground/design', change);
    say(status === 200 ? '' : trouble(data));
    if (status !== 200) show();
    return status === 200;
  }

  /** As the server has it: also what another browser of this playground has chosen. What is
   *  being typed stays. */
  function show() {
    for (const control of controls) {
      const value = control.dataset.choice.split('.').reduce((inner, name) => inner?.[name], store.design);
      if (control.type === 'checkbox') control.checked = Boolean(value);
      else if (control !== typedIn) control.value = value ?? '';
    }
  }

  function say(words) {
    place.hidden = !words;
    place.textContent = words;
  }
}

/** A control's value; an empty number is "none" where there may be none, else undefined. */
function valueOf(control) {
  if (control.type === 'checkbox') return control.checked;
  if (control.type !== 'number') return control.value;
  if (control.value !== '') return control.valueAsNumber;
  return control.placeholder ? null : undefined;
}
