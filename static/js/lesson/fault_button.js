// A button in the text that switches a fault on and off, with the number of its hits.

import { all, one } from '../dom.js';
import { call, problemText } from '../live/api.js';
import { faultAt } from '../state/faults.js';

/** @typedef {import('../state/store.js').Store} Store */

/** @param {HTMLElement} article @param {Store} store */
export function faultButtons(article, store) {
  const show = () => { for (const place of all(article, '[data-fault-button]')) render(place, store); };
  store.addEventListener('faults', show);
  show();
  return { press: (/** @type {HTMLButtonElement} */ button) => press(/** @type {HTMLElement} */ (button.closest('[data-fault-button]')), button, store) };
}

/** @param {HTMLElement} place @param {Store} store */
const known = ({ dataset }, store) => faultAt(store.newest.faults.values(), dataset.kind, dataset.target);

/** @param {HTMLElement} place @param {HTMLButtonElement} button @param {Store} store */
async function press(place, button, store) {
  const fault = known(place, store);
  button.disabled = true;
  const { status, data } = fault
    ? await call('DELETE', `/api/playground/faults/${fault.id}`)
    : await call('POST', '/api/playground/faults', JSON.parse(button.dataset.faultRequest ?? '{}'));
  button.disabled = false;
  button.focus();
  const problem = one(place, '[data-fault-problem]');
  problem.hidden = status >= 200 && status < 300;
  problem.textContent = problem.hidden ? '' : problemText(data);
}

/** @param {HTMLElement} place @param {Store} store */
function render(place, store) {
  const fault = known(place, store);
  one(place, 'button').setAttribute('aria-pressed', String(Boolean(fault)));
  const words = !fault ? '' : fault.is_spent ? `Spent: ${fault.hits} hit. Press to remove it.` : `On: ${fault.hits} hit. Press again to repair.`;
  const hits = one(place, '[data-hits]');
  if (hits.textContent !== words) hits.textContent = words;
}
