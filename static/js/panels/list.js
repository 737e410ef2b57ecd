// The picture as text: services, connections with their styles, queues, and the newest records.

import { element, throttled } from '../dom.js';
import { other } from '../state/connections.js';
import { sentence, title } from '../state/plain.js';
import { NO_MESSAGES } from '../state/records.js';

const NEWEST = 12;

/** @param {HTMLElement} place @param {import('../state/store.js').Store} store @param {{does: Object<string, string>, flip: (id: string) => Promise<string>}} more */
export function list(place, store, { does, flip }) {
  const render = throttled(400, () => { if (!place.hidden) show(); });
  for (const type of ['records', 'seek', 'design', 'faults', 'stats']) store.addEventListener(type, render);

  const parts = { services: element('ul'), connections: element('ul'), queues: element('ul'), newest: element('ol') };
  place.append(
    element('h3', {}, 'Services'), parts.services,
    element('h3', {}, 'Connections'), parts.connections,
    element('h3', {}, 'Queues'), parts.queues,
    element('h3', {}, 'What happens'), parts.newest);
  /** @type {Object<string, string>} */
  const rendered = {};

  function show() {
    const { state } = store;
    const on = [...state.faults.values()];
    update('services', Object.keys(does).map((name) => {
      const faults = on.filter((f) => f.target === name).map((f) => ` ${f.is_spent ? 'Spent' : 'Now'}: ${f.says} ${f.hits} hit.`);
      return `${title(name)}: ${does[name]}${faults.join('')}`;
    }));
    const breakers = state.design?.breaker.on ? state.breakers : null;
    const circuit = (/** @type {import('../state/types.js').Connection} */ c) => (breakers && c.style === 'call' && c.source !== 'customer' ? ` Its circuit breaker is ${breakers[c.target] ?? 'closed'}.` : '');
    update('connections', state.connections.map((c) => c.says + circuit(c)), (item, i) => {
      const connection = state.connections[i];
      if (!connection.flippable) return;
      const button = element('button', { type: 'button', class: 'small', 'data-flip': connection.id }, `Make it a ${other(connection)}`);
      button.addEventListener('click', () => flip(connection.id));
      item.append(' ', button);
    });
    const drawn = (state.topology?.nodes ?? []).filter(({ kind }) => kind === 'queue').map(({ service }) => service);
    const depths = { ...Object.fromEntries(drawn.map((name) => [name, NO_MESSAGES])), ...state.queues };
    update('queues', Object.entries(depths).map(([name, d]) => `${title(name)}: ${d.ready} waiting, ${d.unacked} in work, ${d.delayed} to be tried again, ${d.dead} dead letters`));
    update('newest', state.log.slice(-NEWEST).reverse().map(sentence));
  }

  /**
   * Only changed lines are made anew, so that a focused button stays.
   * @param {keyof typeof parts} name @param {string[]} lines @param {(item: HTMLElement, i: number) => void} [finish]
   */
  function update(name, lines, finish) {
    const key = JSON.stringify(lines);
    if (rendered[name] === key) return;
    rendered[name] = key;
    const items = lines.length ? lines.map((text) => element('li', {}, text)) : [element('li', { class: 'empty' }, 'Nothing yet.')];
    const focused = /** @type {HTMLElement|null} */ (document.activeElement)?.dataset.flip;
    if (finish) items.forEach(finish);
    parts[name].replaceChildren(...items);
    if (focused) /** @type {HTMLElement|null} */ (parts[name].querySelector(`[data-flip="${CSS.escape(focused)}"]`))?.focus();
  }

  return { seen: (/** @type {boolean} */ isSeen) => { if (isSeen) show(); } };
}
