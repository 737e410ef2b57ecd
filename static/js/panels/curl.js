// A request as a command for a terminal, with a token of this playground.

import { copy } from '../copy.js';
import { call } from '../live/api.js';

/** @typedef {import('../live/api.js').Request} Request */

/** @type {string|null} */
let token = null;

/** @param {Request} request @param {HTMLElement} button @param {(problem: import('../live/api.js').Problem) => void} complain  hears why there is no token */
export async function copyCurl(request, button, complain) {
  if (!token) {
    const { status, data } = await call('POST', '/playground/token/');
    if (status !== 201) return complain(data);
    token = data.token;
  }
  await copy(curl(request), button);
}

/** @param {Request} request */
function curl({ method, path, text, headers = {} }) {
  const parts = ['curl', '-i', '-X', method, quoted(location.origin + path), '-H', quoted(`Authorization: Bearer ${token}`)];
  for (const [name, value] of Object.entries(headers)) parts.push('-H', quoted(`${name}: ${value}`));
  if (text) parts.push('-H', quoted('Content-Type: application/json'), '-d', quoted(text));
  return parts.join(' ');
}

/** @param {string} text */
const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
