// The HTTP exchange: the request, the response, and how long it took.

import { element, one } from '../dom.js';
import { ms } from '../state/plain.js';

const SHOWN_HEADERS = ['location', 'retry-after', 'traceresponse', 'x-inflight-run', 'content-type'];
const SECRETS = new Set(['password']);

/** @typedef {import('./actions.js').Sent} Sent @typedef {import('./actions.js').Answered} Answered */

/** @param {HTMLElement} place @param {import('./actions.js').Actions} actions */
export function exchange(place, actions) {
  const head = one(place, 'h3');
  /** @param {Sent} request @param {Answered|null} answer */
  function show(request, answer) {
    const curl = element('button', { type: 'button', class: 'small' }, 'Copy as curl');
    curl.addEventListener('click', () => actions.curl(request, curl));
    place.replaceChildren(head,
      element('p', { class: 'line' }, element('code', {}, `${request.method} ${request.path}`), curl),
      request.body === undefined ? '' : element('pre', { tabindex: 0, role: 'region', 'aria-label': 'Request body' }, pretty(masked(request.body))),
      answer ? line(answer) : element('p', { class: 'line waits' }, element('span', { class: 'spin', 'aria-hidden': 'true' }), 'Waiting for the answer …'),
      ...(answer ? [element('pre', { tabindex: 0, role: 'region', 'aria-label': 'Answer' }, headers(answer) + pretty(answer.data))] : []));
    place.dataset.status = answer ? String(answer.status) : 'waiting';
  }

  return {
    sent: (/** @type {Sent} */ request) => show(request, null),
    answered: (/** @type {Answered} */ answer) => show(answer.sent, answer),
  };
}

/** @param {Answered} answer */
function line(answer) {
  const good = answer.status >= 200 && answer.status < 400;
  const words = answer.status ? `${answer.status} ${NAMES[answer.status] ?? ''}` : 'No answer';
  return element('p', { class: `line answer ${good ? 'good' : 'bad'}` },
    element('b', { 'data-status': answer.status }, words), element('span', {}, ` after ${ms(answer.ms)}, as your browser saw it`));
}

/** @type {Object<number, string>} */
const NAMES = {
  200: 'OK', 201: 'Created', 202: 'Accepted', 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 409: 'Conflict',
  413: 'Content Too Large', 422: 'Unprocessable Content', 429: 'Too Many Requests', 500: 'Internal Server Error',
  502: 'Bad Gateway', 503: 'Service Unavailable', 504: 'Gateway Timeout',
};

/** @param {Answered} answer */
const headers = (answer) => SHOWN_HEADERS.filter((name) => answer.headers.get(name))
  .map((name) => `${name}: ${answer.headers.get(name)}\n`).join('') + '\n';
/** @param {unknown} data */
const pretty = (data) => (typeof data === 'string' ? data : JSON.stringify(data, null, 2));
/** @param {unknown} body */
const masked = (body) => JSON.parse(JSON.stringify(body, (key, value) => (SECRETS.has(key) ? '•••' : value)));
