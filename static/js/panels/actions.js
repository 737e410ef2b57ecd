// The actions: forms that htmx sends, as the JSON that any client would send; and what only looks.

import { styled } from '../fetched.js';
import { isFree } from '../keys.js';
import { call, parse } from '../live/api.js';

/** Events: `sent` ({method, path, body, headers}), `answered` (the same and status, headers, text, ms). */
export class Actions extends EventTarget {
  /** A lesson's run presses, not the learner: then a refusal stands in the exchange, and opens no form. */
  isLed = false;
  #started = new WeakMap();

  /** @param {HTMLElement} root */
  constructor(root) {
    super();
    for (const form of root.querySelectorAll('form[data-json]')) this.#prepare(form);
    for (const button of EDITS()) button.addEventListener('click', () => this.#open(button, button.getAttribute('aria-expanded') !== 'true'));
    document.addEventListener('htmx:before:request', (event) => this.#send(event));
    document.addEventListener('htmx:after:request', (event) => this.#answer(event.detail.ctx));
    document.addEventListener('htmx:error', (event) => this.#fail(event.detail));
    document.addEventListener('keydown', (event) => this.#key(event));
    this.#keepDishesToTheirRestaurant(root.querySelector('#f-order'));
  }

  #prepare(form) {
    form.querySelector('[data-copy-curl]').addEventListener('click', ({ currentTarget }) => this.curl({ form, ...requestOf(form) }, currentTarget));
    form.querySelector('[data-read-back]')?.addEventListener('click', () => this.#look(form));
    if (form.hasAttribute('action')) form.addEventListener('submit', (event) => { event.preventDefault(); this.#look(form); });
    form.addEventListener('input', () => this.#clear(form));
    this.#showFresh(form);
  }

  /** One open at a time: the picture must stay in sight. */
  async #open(button, open) {
    await styled(document.querySelector('.payloads')).catch(() => {}); // better plain than not at all
    for (const other of EDITS()) {
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

  /** Say what is wrong where it is wrong. */
  async #complain(form, problem) {
    if (this.isLed) return;
    const { complain } = await import('./complaint.js');
    const field = complain(form, problem);
    const payload = form.closest('.payload');
    if (!field || !payload.hidden) return;
    await this.#open(document.querySelector(`[aria-controls="${payload.id}"]`), true);
    field.focus();
  }

  #clear(form) {
    form.querySelector('[data-problem]').hidden = true;
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

  #key(event) {
    if (!isFree(event)) return;
    document.querySelector(`.act[data-key="${CSS.escape(event.key)}"]`)?.click();
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

  /** Copy this request as a command for a terminal. */
  async curl(request, button) {
    const { copyCurl } = await import('./curl.js');
    await copyCurl(request, button, (problem) => { if (request.form) this.#complain(request.form, problem); });
  }
}

const EDITS = () => document.querySelectorAll('.edit');

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
