// An arrow: call or text, what it carries, and whether it may be flipped.

import { other } from '../../state/plain.js';
import { element } from '../../dom.js';

const SAYS = {
  call: 'The caller waits until the answer is there, or an error, or its time-out.',
  text: 'The sender goes on at once. The broker keeps the message until the receiver has acknowledged it.',
};

export function edgeFacts(edge, store, flip) {
  const connections = edge.connections.map((id) => store.connection(id)).filter(Boolean);
  return [
    element('p', { class: 'says' }, SAYS[edge.style] ?? SAYS.text),
    ...connections.map((c) => element('div', { class: 'connection' },
      element('p', {}, c.says), element('p', { class: 'hint' }, `Carries ${c.carries.join(', ')}.`),
      edge.flippable.includes(c.id) ? flipButton(c, flip) : element('p', { class: 'hint' }, c.flippable ? 'To flip it, press the arrow into the receiver.' : 'This one stays as it is.'))),
  ];
}

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
