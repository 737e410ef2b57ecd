// The action forms: htmx sends them as the JSON that any client would send. Some buttons only read.

import { all, detailOf, one } from '../dom.js';
import { styled } from '../fetched.js';
import { keys } from '../keys.js';
import { call, parse } from '../live/api.js';
import { tabMemory } from '../memory.js';
import { requestOf } from './request.js';

/**
 * @typedef {import('./request.js').FormRequest} FormRequest @typedef {import('../live/api.js').Problem} Problem
 * @typedef {FormRequest & {form: HTMLFormElement}} Sent
 * @typedef {{form: HTMLFormElement, sent: Sent, status: number, headers: Headers, data: any, ms: number}} Answered  `headers` and `data` of the response
 * @typedef {{sourceElement: HTMLElement, request: {action: string, body: string, headers: Object<string, string>},
 *   response?: {status: number, headers: Headers}, text: string}} HtmxContext  of htmx's events
 */

const EDITS = () => all(document, '.edit');

/** Events: `sent` (Sent), `answered` (Answered). */
export class Actions extends EventTarget {
  /** A lesson's run presses, not the learner: then the exchange shows a refusal, and no form opens. */
  isLed = false;
  /** @type {WeakMap<HtmxContext, {sent: Sent, at: number}>} */
  #started = new WeakMap();

  /** @param {HTMLElement} root */
  constructor(root) {
    super();
    for (const form of /** @type {HTMLFormElement[]} */ (all(root, 'form[data-json]'))) this.#prepare(form);
    for (const button of EDITS()) button.addEventListener('click', () => this.#open(button, button.getAttribute('aria-expanded') !== 'true'));
    document.addEventListener('htmx:before:request', (event) => this.#send(detailOf(event).ctx));
    document.addEventListener('htmx:after:request', (event) => this.#answer(detailOf(event).ctx));
    document.addEventListener('htmx:error', (event) => this.#fail(detailOf(event)));
    keys(Object.fromEntries(all(document, '.act[data-key]').map((button) => [button.dataset.key, () => button.click()])));
    keepDishesToTheirRestaurant(one(root, '#f-order'));
  }

  /** @param {HTMLFormElement} form */
  #prepare(form) {
    const curl = one(form, '[data-copy-curl]');
    curl.addEventListener('click', () => this.curl({ form, ...requestOf(form) }, curl));
    form.querySelector('[data-read-back]')?.addEventListener('click', () => this.#read(form));
    if (form.hasAttribute('action')) form.addEventListener('submit', (event) => { event.preventDefault(); this.#read(form); });
    form.addEventListener('input', () => this.#clear(form));
    showNextAddress(form);
  }

  /** Only one form is open at a time, so that the picture stays in sight. @param {HTMLElement} button @param {boolean} open */
  async #open(button, open) {
    await styled(one(document, '.payloads')).catch(() => {}); // an unstyled form is better than none
    for (const other of EDITS()) {
      const isOpen = other === button && open;
      other.setAttribute('aria-expanded', String(isOpen));
      one(document, `#${other.getAttribute('aria-controls')}`).hidden = !isOpen;
    }
  }

  /** GET the form's address, or the one it writes to. @param {HTMLFormElement} form */
  async #read(form) {
    this.#clear(form);
    /** @type {Sent} */
    const request = { form, method: 'GET', path: requestOf(form).path, body: undefined, text: '', headers: {} };
    this.#tell('sent', request);
    const { status, data, headers, took_ms: ms } = await call('GET', request.path);
    if (status >= 400) this.#complain(form, data);
    this.#tell('answered', { form, sent: request, status, data, headers, ms });
  }

  /** @param {HtmxContext} ctx */
  #send(ctx) {
    const form = ctx.sourceElement;
    if (!(form instanceof HTMLFormElement && form.matches('form[data-json]'))) return;
    this.#clear(form);
    const request = requestOf(form);
    ctx.request.action = request.path;
    ctx.request.body = request.text;
    Object.assign(ctx.request.headers, { 'Content-Type': 'application/json', Accept: 'application/json', ...request.headers });
    const sent = { form, ...request };
    this.#started.set(ctx, { sent, at: performance.now() });
    this.#tell('sent', sent);
  }

  /** @param {HtmxContext} ctx */
  #answer(ctx) {
    const started = this.#started.get(ctx);
    if (!started || !ctx.response) return;
    const { sent, at } = started;
    const { form } = sent;
    const { status, headers } = ctx.response;
    const data = parse(ctx.text);
    const isRenewed = status !== 422 && nextAddress(form, status === 409);
    if (status >= 400) this.#complain(form, isRenewed ? { ...data, next: `${data.next ?? ''} The form has another address now.`.trim() } : data);
    this.#tell('answered', { form, sent, status, headers, data, ms: performance.now() - at });
  }

  /** @param {{ctx: HtmxContext, error: Error}} failure */
  #fail({ ctx, error }) {
    const started = this.#started.get(ctx);
    if (!started || ctx.response) return;
    const { sent, at } = started;
    const { form } = sent;
    const data = { detail: `No answer arrived: ${error.message}.`, next: 'It is not known whether the request was carried out. Check whether the badge above says “Live”.' };
    this.#complain(form, data);
    this.#tell('answered', { form, sent, status: 0, headers: new Headers(), data, ms: performance.now() - at });
  }

  /** Show what is wrong at the fields that are wrong. @param {HTMLFormElement} form @param {Problem} problem */
  async #complain(form, problem) {
    if (this.isLed) return;
    const { complain } = await import('./complaint.js');
    const field = complain(form, problem);
    const payload = /** @type {HTMLElement|null} */ (form.closest('.payload'));
    if (!field || !payload?.hidden) return;
    await this.#open(one(document, `[aria-controls="${payload.id}"]`), true);
    field.focus();
  }

  /** @param {HTMLFormElement} form */
  #clear(form) {
    one(form, '[data-problem]').hidden = true;
    for (const input of all(form, '[aria-invalid]')) {
      input.removeAttribute('aria-invalid');
      input.removeAttribute('title');
    }
  }

  /** Copy this request as a command for a terminal. @param {import('../live/api.js').Request & {form?: HTMLFormElement}} request @param {HTMLElement} button */
  async curl(request, button) {
    const { copyCurl } = await import('./curl.js');
    await copyCurl(request, button, (problem) => { if (request.form) this.#complain(request.form, problem); });
  }

  /** @param {'sent'|'answered'} type @param {Sent|Answered} detail */
  #tell(type, detail) { this.dispatchEvent(new CustomEvent(type, { detail })); }
}

/**
 * An address can be registered only once, and it may have been stored although the answer is an error: the next press has another
 * one. Returns whether it has. @param {HTMLFormElement} form @param {boolean} isTaken  then an address that was typed stays, to be corrected
 */
function nextAddress(form, isTaken) {
  const input = /** @type {HTMLInputElement|null} */ (form.querySelector('[data-fresh]'));
  const isOurs = input && [input.defaultValue, tabMemory.get('fresh')].includes(input.value);
  if (!input || (isTaken && !isOurs)) return false;
  const [name, host] = input.value.split('@');
  const [, stem = name, number = '1'] = /^(.*?)(?:\+(\d+))?$/.exec(name) ?? [];
  input.value = `${stem}+${Number(number) + 1}@${host}`;
  tabMemory.set('fresh', input.value);
  return true;
}

/** @param {HTMLFormElement} form */
function showNextAddress(form) {
  const input = /** @type {HTMLInputElement|null} */ (form.querySelector('[data-fresh]'));
  const kept = tabMemory.get('fresh');
  if (input && kept) input.value = kept;
}

/** @param {HTMLFormElement} form */
function keepDishesToTheirRestaurant(form) {
  /** @type {HTMLSelectElement} */
  const restaurant = one(form, '[name="restaurant"]');
  /** @type {HTMLSelectElement} */
  const dish = one(form, '[name="items.0.dish"]');
  const show = () => {
    for (const group of /** @type {HTMLOptGroupElement[]} */ (all(dish, 'optgroup'))) group.hidden = group.disabled = group.dataset.restaurant !== restaurant.value;
    const chosen = dish.selectedOptions[0]?.closest('optgroup');
    if (!chosen || chosen.disabled) dish.value = /** @type {HTMLOptionElement} */ (one(dish, 'optgroup:not([hidden]) option')).value;
  };
  restaurant.addEventListener('change', show);
  show();
}
