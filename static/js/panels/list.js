// The picture as text: services, connections with their styles, queues, and what happens.

import { element, throttled } from '../dom.js';
import { other, sentence, title } from '../state/plain.js';

const NEWEST = 12;
const EMPTY = { ready: 0, unacked: 0, delayed: 0, dead: 0 };

export function list(place, store, { does, flip }) {
  const render = throttled(400, () => { if (!place.hidden) show(); });
  for (const type of ['records', 'design', 'faults', 'stats']) store.addEventListener(type, render);

  const parts = { services: element('ul'), connections: element('ul'), queues: element('ul'), news: element('ol') };
  place.append(
    element('h3', {}, 'Services'), parts.services,
    element('h3', {}, 'Connections'), parts.connections,
    element('h3', {}, 'Queues'), parts.queues,
    element('h3', {}, 'What happens'), parts.news);
  const rendered = {};

  function show() {
    update('services', Object.keys(does).map((name) => {
      const faults = store.faults.filter((f) => f.target === name).map((f) => ` ${f.is_spent ? 'Spent' : 'Now'}: ${f.says} ${f.hits} hit.`);
      return `${title(name)}: ${does[name]}${faults.join('')}`;
    }));
    const breakers = store.design.breaker?.on ? store.stats?.breakers ?? {} : null;
    const circuit = (c) => (breakers && c.style === 'call' && c.source !== 'customer' ? ` Its circuit breaker is ${breakers[c.target] ?? 'closed'}.` : '');
    update('connections', store.connections.map((c) => c.says + circuit(c)), (item, i) => {
      const connection = store.connections[i];
      if (!connection.flippable) return;
      const button = element('button', { type: 'button', class: 'small', 'data-flip': connection.id }, `Make it a ${other(connection)}`);
      button.addEventListener('click', () => flip(connection.id));
      item.append(' ', button);
    });
    const drawn = (store.topology?.nodes ?? []).filter(({ kind }) => kind === 'queue').map(({ service }) => service);
    const depths = { ...Object.fromEntries(drawn.map((name) => [name, EMPTY])), ...store.state.queues };
    update('queues', Object.entries(depths).map(([name, d]) => `${title(name)}: ${d.ready} waiting, ${d.unacked} in work, ${d.delayed} to be tried again, ${d.dead} given up`));
    update('news', store.state.log.slice(-NEWEST).reverse().map(sentence));
  }

  /** Only what has changed is made anew: a focused button must stay. */
  function update(name, lines, finish) {
    const key = JSON.stringify(lines);
    if (rendered[name] === key) return;
    rendered[name] = key;
    const items = lines.length ? lines.map((text) => element('li', {}, text)) : [element('li', { class: 'empty' }, 'Nothing yet.')];
    const focused = document.activeElement?.dataset.flip;
    if (finish) items.forEach(finish);
    parts[name].replaceChildren(...items);
    if (focused) parts[name].querySelector(`[data-flip="${CSS.escape(focused)}"]`)?.focus();
  }

  return { seen: (isSeen) => { if (isSeen) show(); } };
}
