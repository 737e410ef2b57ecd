// The actions: forms that htmx sends, as the JSON that any client would send; and what only looks.

import { copy } from '../dom.js';
import { isFree } from '../keys.js';
import { call, parse, trouble } from '../live/api.js';

/** Events: `sent` ({method, path, body, headers}), `answered` (the same and status, headers, text, ms). */
export class Actions extends EventTarget {
  #started = new WeakMap();
  #token;

  /** @param {HTMLElement} root */
  constructor(root) {
    super();
    for (const form of root.querySelectorAll('form[data-json]')) this.#prepare(form);
    for (const button of root.querySelectorAll('.edit')) {
      button.addEventListener('click', () => this.#open(button, button.getAttribute('aria-expanded') !== 'true', root));
    }
    document.addEventListener('htmx:before:request', (event) => this.#send(event));
    document.addEventListener('htmx:after:request', (event) => this.#answer(event.detail.ctx));
    document.addEventListener('htmx:error', (event) => this.#fail(event.detail));
    document.addEventListener('keydown', (event) => this.#key(event, root));
    this.#keepDishesToTheirRestaurant(root.querySelector('#f-order'));
  }

  #prepare(form) {
    form.querySelector('[data-copy-curl]').addEventListener('click', async ({ currentTarget }) => {
      const text = await this.curl(requestOf(form), form);
      if (text) copy(text, currentTarget);
    });
    form.querySelector('[data-read-back]')?.addEventListener('click', () => this.#look(form));
    if (form.hasAttribute('action')) form.addEventListener('submit', (event) => { event.preventDefault(); this.#look(form); });
    form.addEventListener('input', () => this.#clear(form));
    this.#showFresh(form);
  }

  /** One open at a time: the picture must stay in sight. */
  #open(button, open, root) {
    for (const other of root.querySelectorAll('.edit')) {
      const isIt = other === button && open;
      other.setAttribute('aria-expanded', isIt);
      document.getElementById(other.getAttribute('aria-controls')).hidden = !isIt;
    }
  }

  /** GET what the form names, or what it has written to. */
  async #look(form) {
    this.#clear(form);
    const request = { form, method: 'GET', path: requestOf(form).path, body: undefined, text: '' };
    this.dispatchEvent(new CustomEvent('sent', { detail: request }));
    const { status, data, headers, took_ms: ms } = await call('GET', request.path);
    if (status >= 400) this.#complain(form, data);
    this.dispatchEvent(new CustomEvent('answered', { detail: { ...request, status, data, headers, ms } }));
  }

  #send({ detail: { ctx } }) {
    const form = ctx.sourceElement;
    if (!form.matches?.('form[data-json]')) return;
    this.#clear(form);
    const request = requestOf(form);
    ctx.request.action = request.path;
    ctx.request.body = request.text;
    ctx.request.headers['Content-Type'] = 'application/json';
    ctx.request.headers.Accept = 'application/json';
    Object.assign(ctx.request.headers, request.headers);
    this.#started.set(ctx, { request, at: performance.now() });
    this.dispatchEvent(new CustomEvent('sent', { detail: { form, ...request } }));
  }

  #answer(ctx) {
    const started = this.#started.get(ctx);
    if (!started) return;
    const { status, headers } = ctx.response;
    const data = parse(ctx.text);
    const detail = { form: ctx.sourceElement, ...started.request, status, headers, data, ms: performance.now() - started.at };
    if (status >= 400) this.#complain(ctx.sourceElement, data);
    else this.#renew(ctx.sourceElement);
    this.dispatchEvent(new CustomEvent('answered', { detail }));
  }

  #fail({ ctx, error }) {
    const started = this.#started.get(ctx);
    if (!started || ctx.response) return;
    const data = { detail: `No answer came: ${error.message}.`, next: 'Nobody knows whether it was carried out. See whether the badge above says “Live”.' };
    this.#complain(ctx.sourceElement, data);
    const ms = performance.now() - started.at;
    this.dispatchEvent(new CustomEvent('answered', { detail: { form: ctx.sourceElement, ...started.request, status: 0, headers: new Headers(), data, ms } }));
  }

  /** Say what is wrong where it is wrong, with the payload open. */
  #complain(form, problem) {
    const fields = (problem.errors ?? []).filter(({ field }) => inputFor(form, field));
    for (const { field, message } of fields) {
      const input = inputFor(form, field);
      input.setAttribute('aria-invalid', 'true');
      input.setAttribute('aria-describedby', `${form.id}-trouble`);
      input.title = message;
    }
    const place = form.querySelector('[data-trouble]');
    place.textContent = trouble(problem);
    place.id = `${form.id}-trouble`;
    place.hidden = false;
    const payload = form.closest('.payload');
    if (fields.length && payload.hidden) {
      document.querySelector(`[aria-controls="${payload.id}"]`).click();
      inputFor(form, fields[0].field).focus();
    }
  }

  #clear(form) {
    form.querySelector('[data-trouble]').hidden = true;
    for (const input of form.querySelectorAll('[aria-invalid]')) {
      input.removeAttribute('aria-invalid');
      input.removeAttribute('title');
    }
  }

  /** Nobody can register twice with one address: the next press gets another. */
  #renew(form) {
    const input = form.querySelector('[data-fresh]');
    if (!input) return;
    const [name, host] = input.value.split('@');
    const [, stem, number] = /^(.*?)(?:\+(\d+))?$/.exec(name);
    input.value = `${stem}+${Number(number ?? 1) + 1}@${host}`;
    sessionStorage.setItem('fresh', input.value);
  }

  #showFresh(form) {
    const input = form.querySelector('[data-fresh]');
    const kept = sessionStorage.getItem('fresh');
    if (input && kept) input.value = kept;
  }

  #key(event, root) {
    if (!isFree(event)) return;
    root.querySelector(`.act[data-key="${CSS.escape(event.key)}"]`)?.click();
  }

  #keepDishesToTheirRestaurant(form) {
    const { restaurant, 'items.0.dish': dish } = form.elements;
    const show = () => {
      for (const group of dish.querySelectorAll('optgroup')) group.hidden = group.disabled = group.dataset.restaurant !== restaurant.value;
      const chosen = dish.selectedOptions[0]?.closest('optgroup');
      if (!chosen || chosen.disabled) dish.value = dish.querySelector('optgroup:not([hidden]) option').value;
    };
    restaurant.addEventListener('change', show);
    show();
  }

  /** The request as a command for a terminal, with a token of this playground. */
  async curl({ method, path, text, headers = {} }, form) {
    this.#token ??= await this.#newToken(form);
    if (!this.#token) return null;
    const parts = ['curl', '-i', '-X', method, quoted(location.origin + path), '-H', quoted(`Authorization: Bearer ${this.#token}`)];
    for (const [name, value] of Object.entries(headers)) parts.push('-H', quoted(`${name}: ${value}`));
    if (text) parts.push('-H', quoted('Content-Type: application/json'), '-d', quoted(text));
    return parts.join(' ');
  }

  async #newToken(form) {
    const { status, data } = await call('POST', '/playground/token/');
    if (status === 201) return data.token;
    if (form) this.#complain(form, data);
    return null;
  }
}

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** What this form would send. @returns {{method: string, path: string, body: any, text: string, headers: Object<string, string>}} */
export function requestOf(form) {
  const method = form.hasAttribute('hx-put') ? 'PUT' : form.hasAttribute('hx-post') ? 'POST' : 'GET';
  let path = form.getAttribute('hx-put') ?? form.getAttribute('hx-post') ?? form.getAttribute('action');
  const body = {};
  const headers = {};
  for (const input of form.elements) {
    if (!input.name) continue;
    if ('path' in input.dataset) path = path.replace(`{${input.name}}`, encodeURIComponent(input.value.trim() || '0'));
    else if (input.dataset.header) { if (input.value.trim()) headers[input.dataset.header] = input.value.trim(); }
    else put(body, input.name.split('.'), 'number' in input.dataset ? number(input.value) : input.value);
  }
  if (method === 'GET') return { method, path, body: undefined, text: '', headers };
  return { method, path, body, text: JSON.stringify(body), headers };
}

/** Something that is no number goes as it is: the server says what is wrong with it. */
const number = (text) => (text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text);

function put(target, [name, ...rest], value) {
  if (!rest.length) target[name] = value;
  else put(target[name] ??= /^\d+$/.test(rest[0]) ? [] : {}, rest, value);
}

/** The input of a field that a problem names; "items" is told at its first part. */
const inputFor = (form, field) => [...form.elements].find((input) => input.name === field || input.name?.startsWith(`${field}.`));
