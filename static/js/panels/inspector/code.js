// The source code of the handler that ran, requested when it is opened.

import { element } from '../../dom.js';
import { call, problemText } from '../../live/api.js';
import { title } from '../../state/plain.js';

/** @typedef {import('../../state/schema.js').HandlerOut} Source */

/** @type {Map<string, Awaited<ReturnType<typeof call>>>} */
const known = new Map(); // by address

/** @param {import('../../state/passport.js').Handler} handler */
export function handlerCode({ service, message }) {
  const place = element('div', { class: 'handler-code' });
  const details = element('details', { class: 'inside', 'data-handler': `${service} ${message}` }, element('summary', {}, `The code that ran at ${title(service)}`), place);
  details.addEventListener('toggle', async () => {
    if (!details.open || place.childElementCount) return;
    const address = `/api/playground/handlers/${encodeURIComponent(service)}/${encodeURIComponent(message)}`;
    const answer = known.get(address) ?? await call('GET', address);
    const { status, data } = answer;
    if (status === 200) known.set(address, answer);
    place.replaceChildren(...(status === 200 ? source(data) : [element('p', { class: 'problem' }, problemText(data))]));
  });
  return details;
}

/** @param {Source} code */
const source = ({ symbol, file, first_line, source: text }) => [
  element('p', { class: 'hint' }, element('code', {}, symbol), ` in ${file}, line ${first_line}`),
  element('pre', { tabindex: 0, role: 'region', 'aria-label': `Source of ${symbol}` }, element('code', {}, text)),
];
