// A storm: which faults may come, how long, how many at once.

import { call, trouble } from '../live/api.js';

/** @param {HTMLFormElement} form */
export function storm(form) {
  const kinds = [...form.querySelectorAll('[name=kinds]')];
  const [chosen, problem, says] = ['chosen', 'problem', 'says'].map((name) => form.querySelector(`[data-storm-${name}]`));

  for (const [name, isOn] of [['all', true], ['none', false]]) {
    form.querySelector(`[data-storm-${name}]`).addEventListener('click', () => {
      for (const kind of kinds) kind.checked = isOn;
      count();
    });
  }
  form.addEventListener('change', count);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const wanted = kinds.filter((kind) => kind.checked).map((kind) => kind.value);
    if (!wanted.length) return tell('No fault is chosen, so nothing was sent. Choose at least one under “Which faults”.');
    const numbers = Object.fromEntries([...new FormData(form)].filter(([name]) => name !== 'kinds').map(([name, value]) => [name, Number(value)]));
    // All of them are what the API takes if it is told of none: the command to copy stays short.
    const { status, data } = await call('POST', '/api/playground/storm', wanted.length < kinds.length ? { ...numbers, kinds: wanted } : numbers);
    if (status === 202) tell('', `${data.faults === 1 ? 'One fault is' : `${data.faults} faults are`} coming. Repair everything ends it.`);
    else tell(trouble(data));
  });
  count(); // a browser that comes back keeps what was ticked

  function count() {
    const n = kinds.filter((kind) => kind.checked).length;
    chosen.textContent = n === kinds.length ? `all ${n}` : n ? `${n} of ${kinds.length}` : 'none';
    if (n) tell('', says.textContent);
  }

  /** Beside the button: the top of the drawer is far away. */
  function tell(wrong, done = '') {
    problem.hidden = !wrong;
    problem.textContent = wrong;
    says.textContent = done;
  }
}
