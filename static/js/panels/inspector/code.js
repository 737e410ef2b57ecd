// The code of the handler that ran: read from the source on the server when it is asked for.

import { element } from '../../dom.js';
import { call, trouble } from '../../live/api.js';
import { title } from '../../state/plain.js';

const known = new Map(); // address -> what the server has said

export function handlerCode({ service, message }) {
  const place = element('div', { class: 'handler-code' });
  const details = element('details', { class: 'inside', 'data-handler': `${service} ${message}` }, element('summary', {}, `The code that ran at ${title(service)}`), place);
  details.addEventListener('toggle', async () => {
    if (!details.open || place.childElementCount) return;
    const address = `/api/playground/handlers/${encodeURIComponent(service)}/${encodeURIComponent(message)}`;
    if (!known.has(address)) known.set(address, await call('GET', address));
    const { status, data } = known.get(address);
    if (status !== 200) known.delete(address);
    place.replaceChildren(...(status === 200 ? source(data) : [element('p', { class: 'problem' }, trouble(data))]));
  });
  return details;
}

const source = ({ symbol, file, first_line, source: text }) => [
  element('p', { class: 'hint' }, element('code', {}, symbol), ` in ${file}, line ${first_line}`),
  element('pre', { tabindex: 0, role: 'region', 'aria-label': `Source of ${symbol}` }, element('code', {}, text)),
];
