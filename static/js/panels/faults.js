// The drawer in which faults are switched on and off, through the control API.

import { all, element, one } from '../dom.js';
import { call, problemText } from '../live/api.js';
import { activeFaults, faultAt } from '../state/faults.js';
import { faultForm } from './fault_form.js';
import { storm } from './storm.js';

/** @typedef {import('../state/types.js').Fault} Fault */

/**
 * @param {HTMLElement} drawer @param {import('../state/store.js').Store} store
 * @param {import('../live/playground.js').PageData['faults']} catalogue  by kind
 */
export function faults(drawer, store, catalogue) {
  /** @type {HTMLInputElement[]} */
  const switches = all(drawer, '[data-fault]');
  const place = one(drawer, '[data-fault-problem]');
  const list = one(drawer, '[data-faults-on]');
  const length = /** @type {HTMLInputElement} */ (one(drawer, '[data-fault-duration]'));
  const slowness = /** @type {HTMLInputElement} */ (one(drawer, '[data-fault-ms]'));
  const reset = one(drawer, '[data-reset]');
  const known = () => [...store.newest.faults.values()];
  const active = () => activeFaults(store.newest.faults);

  for (const input of switches) input.addEventListener('change', () => toggle(input));
  one(drawer, '[data-repair]').addEventListener('click', () => send('DELETE', '/api/playground/faults'));
  storm(one(drawer, '[data-storm]'));
  faultForm(one(drawer, '[data-fault-form]'), catalogue, (fault) => send('POST', '/api/playground/faults', fault));
  reset.addEventListener('click', () => confirmReset(reset));
  drawer.addEventListener('toggle', (event) => { if (/** @type {ToggleEvent} */ (event).newState === 'open') render(); });
  store.addEventListener('faults', render);
  setInterval(() => { if (store.newest.faults.size) render(); }, 1000);
  render();

  /** @param {HTMLInputElement} input */
  async function toggle(input) {
    const { fault: kind, target } = input.dataset;
    const own = known().find((fault) => fault.kind === kind && fault.target === target && fault.scope === 'playground');
    if (!input.checked && !own && faultAt(active(), kind, target)) {
      input.checked = true;
      return say('The instructor has switched this on for the whole class; only the instructor can switch it off.');
    }
    input.disabled = true;
    const done = input.checked
      ? await send('POST', '/api/playground/faults', { kind, target, ms: Number(slowness.value), duration_s: Number(length.value) })
      : !own || await send('DELETE', `/api/playground/faults/${own.id}`);
    input.disabled = false;
    if (!done) input.checked = !input.checked;
    input.focus();
  }

  /** The second press counts: a reset deletes everything. @param {HTMLElement} button */
  async function confirmReset(button) {
    if (button.dataset.sure === undefined) {
      button.dataset.sure = '';
      const words = button.textContent;
      button.textContent = 'Press again: everything in your playground will be deleted';
      setTimeout(() => { delete button.dataset.sure; button.textContent = words; }, 4000);
      return;
    }
    await send('POST', '/api/playground/reset');
  }

  /** @param {string} method @param {string} path @param {unknown} [body] */
  async function send(method, path, body) {
    const { status, data } = await call(method, path, body);
    const isDone = status >= 200 && status < 300;
    say(isDone ? '' : problemText(data));
    return isDone;
  }

  /** @param {string} words */
  function say(words) {
    place.hidden = !words;
    place.textContent = words;
  }

  function render() {
    for (const input of switches) {
      const fault = faultAt(active(), input.dataset.fault, input.dataset.target);
      if (!input.disabled) input.checked = Boolean(fault);
      input.toggleAttribute('aria-disabled', isOfClass(fault));
      if (input.nextElementSibling) input.nextElementSibling.textContent = fault ? `${fault.hits} hit, ${left(fault, store.clock.now())}` : '';
    }
    const key = JSON.stringify(known().map((fault) => [fault.id, fault.says, fault.hits, fault.hint, left(fault, store.clock.now())]));
    if (list.dataset.shown === key) return;
    list.dataset.shown = key;
    const focused = /** @type {HTMLElement|null} */ (document.activeElement)?.dataset.clearFault;
    list.replaceChildren(...active().map(activeLine), ...known().filter((fault) => fault.is_spent).map(spentLine));
    if (focused) /** @type {HTMLElement|null} */ (list.querySelector(`[data-clear-fault="${focused}"]`))?.focus();
  }

  /** @param {Fault} fault */
  function activeLine(fault) {
    return element('li', {}, description(fault),
      element('p', { class: 'hint' }, `${fault.hits} hit, ${left(fault, store.clock.now())}.${fault.hits ? '' : ` No message was hit yet. ${fault.hint ?? ''}`}`),
      element('p', { class: 'hint' }, fault.teaches), clearButton(fault, 'Repair'));
  }

  /** @param {Fault} fault */
  function spentLine(fault) {
    return element('li', { class: 'is-spent' }, description(fault, element('b', {}, 'Spent'), ' '),
      element('p', { class: 'hint' }, `${fault.hits} hit. ${fault.hint ?? ''}`), clearButton(fault, 'Remove'));
  }

  /** @param {Fault} fault @param {(Node|string)[]} before */
  function description(fault, ...before) {
    return element('p', {}, ...before, isOfClass(fault) ? 'Switched on by the instructor for the whole class. ' : '', fault.says);
  }

  /** @param {Fault} fault @param {string} word */
  function clearButton(fault, word) {
    if (isOfClass(fault)) return '';
    const off = element('button', { type: 'button', class: 'small', 'data-clear-fault': fault.id, 'aria-label': `${word}: ${fault.says}` }, word);
    off.addEventListener('click', () => send('DELETE', `/api/playground/faults/${fault.id}`));
    return off;
  }
}

/** @param {Fault} [fault] */
const isOfClass = (fault) => fault?.scope === 'class';

/** @param {Fault} fault @param {number|null} now */
const left = ({ ends_at: ends = 0 }, now) => {
  if (now === null) return 'on';
  const seconds = Math.max(0, Math.round(ends - now));
  return seconds > 90 ? `${Math.round(seconds / 60)} min left` : `${seconds} s left`;
};
