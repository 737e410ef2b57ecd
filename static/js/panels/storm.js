// A storm: which kinds of faults, how long, how many at once.

import { all, one } from '../dom.js';
import { call, problemText } from '../live/api.js';

/** @param {HTMLFormElement} form */
export function storm(form) {
  /** @type {HTMLInputElement[]} */
  const kinds = all(form, '[name=kinds]');
  const [chosen, problem, says] = ['chosen', 'problem', 'says'].map((name) => one(form, `[data-storm-${name}]`));

  for (const name of ['all', 'none']) {
    one(form, `[data-storm-${name}]`).addEventListener('click', () => {
      for (const kind of kinds) kind.checked = name === 'all';
      count();
    });
  }
  form.addEventListener('change', count);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const wanted = kinds.filter((kind) => kind.checked).map((kind) => kind.value);
    if (!wanted.length) return say('No fault is chosen, so nothing was sent. Choose at least one under “Which faults”.');
    const numbers = Object.fromEntries([...new FormData(form)].filter(([name]) => name !== 'kinds').map(([name, value]) => [name, Number(value)]));
    // Without kinds the API takes all of them, and the command to copy stays short.
    const { status, data } = await call('POST', '/api/playground/storm', wanted.length < kinds.length ? { ...numbers, kinds: wanted } : numbers);
    if (status === 202) say('', `${data.faults === 1 ? 'One fault' : `${data.faults} faults`} will be switched on. “Repair everything” ends the storm.`);
    else say(problemText(data));
  });
  count(); // browsers keep the boxes that were ticked before a reload

  function count() {
    const n = kinds.filter((kind) => kind.checked).length;
    chosen.textContent = n === kinds.length ? `all ${n}` : n ? `${n} of ${kinds.length}` : 'none';
    if (n) say('', says.textContent ?? '');
  }

  /** Beside the button: the top of the drawer may be out of sight. @param {string} wrong @param {string} [done] */
  function say(wrong, done = '') {
    problem.hidden = !wrong;
    problem.textContent = wrong;
    says.textContent = done;
  }
}
