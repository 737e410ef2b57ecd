// Requests to our own HTTP API that no form sends.

import { one } from '../dom.js';
import { tabMemory } from '../memory.js';

const TAB = 'tab';

/** The CSRF token, which the server has put on the body for htmx. @returns {string} */
const csrf = () => JSON.parse(document.body.getAttribute('hx-headers:inherited') ?? '{}')['X-CSRFToken'];

/**
 * @typedef {{detail?: string, kept?: string, next?: string, errors?: {field: string, message: string}[]}} Problem  as the API answers
 * @typedef {{method: string, path: string, text: string|undefined, headers?: Object<string, string>}} Request
 */

/** By what the server knows the changes that are made in this tab, also after a reload: 12 hexadecimal digits. */
export function tab() {
  const kept = tabMemory.get(TAB);
  if (kept) return kept;
  const made = [...crypto.getRandomValues(new Uint8Array(6))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  tabMemory.set(TAB, made);
  return made;
}

/**
 * @param {string} method @param {string} path @param {unknown} [body] @param {{actor?: string, keepalive?: boolean}} [options]
 *   `actor`: who makes the change, if not this tab; `keepalive`: also if the page is being left
 * @returns {Promise<{status: number, data: any, headers: Headers, took_ms: number}>}
 *   Never rejects: a failed network is status 0.  Each request that changes something dispatches `called` on the document.
 */
export async function call(method, path, body, { actor = tab(), keepalive = false } = {}) {
  /** @type {Object<string, string>} */
  const headers = { 'X-CSRFToken': csrf(), Accept: 'application/json', 'Inflight-Actor': actor };
  const text = body === undefined ? undefined : JSON.stringify(body);
  if (text !== undefined) headers['Content-Type'] = 'application/json';
  const started = performance.now();
  if (method !== 'GET') document.dispatchEvent(new CustomEvent('called', { detail: { method, path, text } }));
  try {
    const response = await fetch(path, { method, headers, body: text, keepalive });
    const answer = await response.text();
    return {
      status: response.status, data: parse(answer), headers: response.headers,
      took_ms: performance.now() - started,
    };
  } catch {
    const data = { detail: 'The server cannot be reached. Nothing was sent, or nothing came back.' };
    return { status: 0, data, headers: new Headers(), took_ms: performance.now() - started };
  }
}

/** Make the playground of this page, whose visitor has none. Where that fails, the live connection says so. */
export async function begin() {
  const place = one(document, '[data-playground]');
  try {
    const response = await fetch('/playground/', { method: 'POST', headers: { 'X-CSRFToken': csrf() } });
    if (response.status === 403) one(document, '[data-no-cookies]').hidden = false; // the token's cookie did not come back
    else place.dataset.playground = (await response.json()).playground ?? '';
  } catch { /* the server cannot be reached, or is busy */ }
}

/** JSON, or the text itself where it is none. @param {string} text @returns {any} */
export function parse(text) {
  try { return JSON.parse(text); } catch { return text; }
}

/** What happened, what was kept, what to do next. @param {Problem|string|null|undefined} data */
export function problemText(data) {
  if (typeof data !== 'object' || data === null) return 'Something went wrong.';
  return [data.detail, data.kept, data.next].filter(Boolean).join(' ');
}
