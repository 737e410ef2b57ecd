// An arrow: call or text, what it carries, and whether it may be flipped.

import { element } from '../../dom.js';
import { connectionOf, other } from '../../state/connections.js';

const SAYS = {
  call: 'The caller waits for the answer, for an error, or until its time-out.',
  text: 'The sender does not wait. The broker keeps the message until the receiver has acknowledged it.',
};

/** @typedef {import('../inspector.js').Flip} Flip */

/** @param {import('../../state/types.js').TopologyEdge} edge @param {import('../../state/store.js').Store} store @param {Flip} flip */
export function edgeFacts(edge, store, flip) {
  const connections = edge.connections.flatMap((id) => connectionOf(store.newest, id) ?? []);
  return [
    element('p', { class: 'says' }, SAYS[edge.style]),
    ...connections.map((c) => element('div', { class: 'connection' },
      element('p', {}, c.says), element('p', { class: 'hint' }, `Carries ${c.carries.join(', ')}.`),
      edge.flippable.includes(c.id) ? flipButton(c, flip) : element('p', { class: 'hint' }, c.flippable ? 'To flip it, press the arrow into the receiver.' : 'This connection cannot be flipped.'))),
  ];
}

/** @param {import('../../state/types.js').Connection} connection @param {Flip} flip */
function flipButton(connection, flip) {
  const button = element('button', { type: 'button', class: 'primary', 'data-flip': connection.id }, `Make it a ${other(connection)}`);
  button.addEventListener('click', async () => {
    button.disabled = true;
    const problem = await flip(connection.id);
    button.disabled = false;
    if (problem) button.after(element('p', { class: 'problem', role: 'alert' }, problem));
  });
  return button;
}
