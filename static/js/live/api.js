// Calls to our own HTTP API from buttons that are no forms.

/** The CSRF token, which the server has put on the body for htmx. */
const csrf = () => JSON.parse(document.body.getAttribute('hx-headers:inherited'))['X-CSRFToken'];

/**
 * @param {string} method @param {string} path @param {any} [body]
 * @returns {Promise<{status: number, data: any, headers: Headers, took_ms: number}>}
 *   Never rejects: a failed network is status 0.  What changes something is told as `called` on the document.
 */
export async function call(method, path, body) {
  const headers = { 'X-CSRFToken': csrf(), Accept: 'application/json' };
  const text = body === undefined ? undefined : JSON.stringify(body);
  if (text !== undefined) headers['Content-Type'] = 'application/json';
  const started = performance.now();
  if (method !== 'GET') document.dispatchEvent(new CustomEvent('called', { detail: { method, path, text } }));
  try {
    const response = await fetch(path, { method, headers, body: text });
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

export function parse(text) {
  try { return JSON.parse(text); } catch { return text; }
}

/** What a problem says to a person: what happened, what was kept, what to do next. */
export function trouble(data) {
  if (typeof data !== 'object' || data === null) return 'Something went wrong.';
  return [data.detail, data.kept, data.next].filter(Boolean).join(' ');
}
