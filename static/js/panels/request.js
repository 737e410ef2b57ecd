// The request that a form stands for.

/** @typedef {{method: string, path: string, body: Object<string, unknown>|undefined, text: string, headers: Object<string, string>}} FormRequest */

/** @param {HTMLFormElement} form @returns {FormRequest} */
export function requestOf(form) {
  const method = form.hasAttribute('hx-put') ? 'PUT' : form.hasAttribute('hx-post') ? 'POST' : 'GET';
  let path = form.getAttribute('hx-put') ?? form.getAttribute('hx-post') ?? form.getAttribute('action') ?? '';
  /** @type {Object<string, unknown>} */
  const body = {};
  /** @type {Object<string, string>} */
  const headers = {};
  for (const input of inputsOf(form)) {
    const value = input.value.trim();
    if (!input.name) continue;
    if ('path' in input.dataset) path = path.replace(`{${input.name}}`, encodeURIComponent(value || '0'));
    else if (input.dataset.header) { if (value) headers[input.dataset.header] = value; }
    else put(body, input.name.split('.'), 'number' in input.dataset ? number(input.value) : input.value);
  }
  if (method === 'GET') return { method, path, body: undefined, text: '', headers };
  return { method, path, body, text: JSON.stringify(body), headers };
}

/** @param {HTMLFormElement} form */
export const inputsOf = (form) => /** @type {HTMLInputElement[]} */ ([...form.elements]);

/** A field of a form. @param {HTMLFormElement} form @param {string} name */
export const fieldOf = (form, name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));

/** A text that is not a number is sent as it is: the server says what is wrong with it. @param {string} text */
const number = (text) => (text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text);

/** @param {any} target  object or array @param {string[]} path @param {unknown} value */
function put(target, [name, ...rest], value) {
  if (!rest.length) target[name] = value;
  else put(target[name] ??= /^\d+$/.test(rest[0]) ? [] : {}, rest, value);
}
