// The newest order's status: pushed over the socket, and asked for when you press the button.

import { element } from '../dom.js';
import { paced } from '../frames.js';
import { call, trouble } from '../live/api.js';
import { ms } from '../state/plain.js';

const PAUSE_MS = 200;
const WORDS = { placed: 'Placed', accepted: 'Accepted by the restaurant', on_the_way: 'On the way' };

export function order(place, store) {
  const head = place.querySelector('h3');
  const name = place.querySelector('[data-order-id]');
  const nothing = place.querySelector('.empty');
  const steps = element('ol', { class: 'steps-of-order', 'aria-live': 'off' });
  const ask = element('button', { type: 'button', class: 'small' }, 'Ask now');
  const asked = element('p', { class: 'asked', role: 'status' });
  let shown = '';
  let drawn = null; // the history that is in the list

  ask.addEventListener('click', async () => {
    ask.disabled = true;
    const { status, data, took_ms } = await call('GET', `/api/orders/${encodeURIComponent(shown)}`);
    ask.disabled = false;
    asked.textContent = status === 200 ? `GET /api/orders/${shown}: 200, ${data.status.replaceAll('_', ' ')}, after ${ms(took_ms)}` : `${status || 'No answer'}: ${trouble(data)}`;
  });
  const render = paced(PAUSE_MS, () => show(store.state));
  for (const type of ['records', 'seek']) store.addEventListener(type, render);
  render();

  function show(state) {
    const told = state.orders.get(state.newestOrder);
    if (!told) {
      drawn = null;
      shown = name.textContent = '';
      return place.replaceChildren(head, nothing);
    }
    if (told === drawn) return;
    drawn = told;
    if (told.id !== shown) asked.textContent = '';
    shown = name.textContent = told.id;
    const history = [...told.history].sort((a, b) => a.at - b.at);
    steps.replaceChildren(...history.map((line) => element('li', { 'data-order-status': line.status },
      element('b', {}, WORDS[line.status] ?? line.status), element('span', {}, after(line.at - history[0].at)))));
    if (!steps.isConnected) {
      place.replaceChildren(head, steps, element('p', { class: 'line' }, element('span', { class: 'hint' }, 'Pushed as it happens. Or poll:'), ask), asked);
    }
  }
}

const after = (seconds) => (seconds ? `${seconds.toFixed(2)} s later` : 'when you had your answer');
