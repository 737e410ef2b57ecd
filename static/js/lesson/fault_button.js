// A button in the text that breaks something, and repairs it, with its hits.

import { call, trouble } from '../live/api.js';

export function faultButtons(article, store) {
  const show = () => { for (const place of article.querySelectorAll('[data-fault-button]')) render(place, store); };
  store.addEventListener('faults', show);
  show();
  return { press: (button) => press(button.closest('[data-fault-button]'), button, store) };
}

const known = (place, store) => store.faults.find((f) => f.kind === place.dataset.kind && f.target === place.dataset.target);

async function press(place, button, store) {
  const fault = known(place, store);
  button.disabled = true;
  const { status, data } = fault
    ? await call('DELETE', `/api/playground/faults/${fault.id}`)
    : await call('POST', '/api/playground/faults', JSON.parse(button.dataset.faultRequest));
  button.disabled = false;
  button.focus();
  const said = place.querySelector('[data-fault-problem]');
  said.hidden = status >= 200 && status < 300;
  said.textContent = said.hidden ? '' : trouble(data);
}

function render(place, store) {
  const fault = known(place, store);
  place.querySelector('button').setAttribute('aria-pressed', Boolean(fault));
  const words = !fault ? '' : fault.is_spent ? `Spent: ${fault.hits} hit, and no more. Press to take it away.` : `On: ${fault.hits} hit. Press again to repair.`;
  const hits = place.querySelector('[data-hits]');
  if (hits.textContent !== words) hits.textContent = words;
}
