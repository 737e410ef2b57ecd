// The newest order's status: pushed over the socket, and polled when the button is pressed.

import { element, one } from '../dom.js';
import { paced } from '../frames.js';
import { call, problemText } from '../live/api.js';
import { ms } from '../state/plain.js';

const PAUSE_MS = 200;
/** @type {Object<string, string>} */
const WORDS = { placed: 'Placed', accepted: 'Accepted by the restaurant', on_the_way: 'On the way' };

/** @param {HTMLElement} place @param {import('../state/store.js').Store} store */
export function order(place, store) {
  const head = one(place, 'h3');
  const name = one(place, '[data-order-id]');
  const nothing = one(place, '.empty');
  const steps = element('ol', { class: 'steps-of-order', 'aria-live': 'off' });
  const ask = element('button', { type: 'button', class: 'small' }, 'Ask now');
  const asked = element('p', { class: 'asked', role: 'status' });
  let shown = '';
  /** @type {import('../state/types.js').OrderStory|null} */
  let drawn = null;

  ask.addEventListener('click', async () => {
    ask.disabled = true;
    const { status, data, took_ms } = await call('GET', `/api/orders/${encodeURIComponent(shown)}`);
    ask.disabled = false;
    asked.textContent = status === 200 ? `GET /api/orders/${shown}: 200, ${data.status.replaceAll('_', ' ')}, after ${ms(took_ms)}` : `${status || 'No answer'}: ${problemText(data)}`;
  });
  const render = paced(PAUSE_MS, () => show(store.state));
  for (const type of ['records', 'seek']) store.addEventListener(type, render);
  render();

  /** @param {import('../state/types.js').State} state */
  function show(state) {
    const newest = state.orders.get(state.newestOrder);
    if (!newest) {
      drawn = null;
      shown = name.textContent = '';
      return place.replaceChildren(head, nothing);
    }
    if (newest === drawn) return;
    drawn = newest;
    if (newest.id !== shown) asked.textContent = '';
    shown = name.textContent = newest.id;
    const history = [...newest.history].sort((a, b) => a.at - b.at);
    steps.replaceChildren(...history.map((line) => element('li', { 'data-order-status': line.status },
      element('b', {}, WORDS[line.status] ?? line.status), element('span', {}, after(line.at - history[0].at)))));
    if (!steps.isConnected) {
      place.replaceChildren(head, steps, element('p', { class: 'line' }, element('span', { class: 'hint' }, 'Pushed as it happens. Or poll:'), ask), asked);
    }
  }
}

/** @param {number} seconds */
const after = (seconds) => (seconds ? `${seconds.toFixed(2)} s later` : 'when you had your answer');
