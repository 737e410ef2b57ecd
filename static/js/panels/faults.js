// The drawer in which things are broken: in your own playground, by the control API.

import { element } from '../dom.js';
import { call, trouble } from '../live/api.js';
import { storm } from './storm.js';
import { wish } from './wish.js';

/** @param {Object<string, object>} catalogue  what there is, by kind */
export function faults(drawer, store, catalogue) {
  const switches = [...drawer.querySelectorAll('[data-fault]')];
  const place = drawer.querySelector('[data-fault-problem]');
  const list = drawer.querySelector('[data-faults-on]');
  const length = drawer.querySelector('[data-fault-duration]');
  const slowness = drawer.querySelector('[data-fault-ms]');

  for (const input of switches) input.addEventListener('change', () => toggle(input));
  drawer.querySelector('[data-repair]').addEventListener('click', () => send('DELETE', '/api/playground/faults'));
  storm(drawer.querySelector('[data-storm]'));
  wish(drawer.querySelector('[data-fault-form]'), catalogue, (fault) => send('POST', '/api/playground/faults', fault));
  drawer.querySelector('[data-reset]').addEventListener('click', ({ currentTarget }) => reset(currentTarget));
  drawer.addEventListener('toggle', ({ newState }) => { if (newState === 'open') render(); });
  store.addEventListener('faults', render);
  setInterval(() => { if (store.faults.length) render(); }, 1000);
  render();

  async function toggle(input) {
    const { fault: kind, target } = input.dataset;
    const known = store.faults.find((f) => f.kind === kind && f.target === target && f.scope === 'playground');
    if (!input.checked && !known && store.fault(kind, target)) {
      input.checked = true;
      return say('The instructor has switched this on for everybody; it ends when the instructor says so.');
    }
    input.disabled = true;
    const done = input.checked
      ? await send('POST', '/api/playground/faults', { kind, target, ms: Number(slowness.value), duration_s: Number(length.value) })
      : !known || await send('DELETE', `/api/playground/faults/${known.id}`);
    input.disabled = false;
    if (!done) input.checked = !input.checked;
    input.focus();
  }

  /** Asked twice: it throws everything away. */
  async function reset(button) {
    if (button.dataset.sure === undefined) {
      button.dataset.sure = '';
      const words = button.textContent;
      button.textContent = 'Press again: everything in your playground is thrown away';
      setTimeout(() => { delete button.dataset.sure; button.textContent = words; }, 4000);
      return;
    }
    await send('POST', '/api/playground/reset');
  }

  async function send(method, path, body) {
    const { status, data } = await call(method, path, body);
    const good = status >= 200 && status < 300;
    say(good ? '' : trouble(data));
    return good;
  }

  function say(words) {
    place.hidden = !words;
    place.textContent = words;
  }

  function render() {
    for (const input of switches) {
      const fault = store.fault(input.dataset.fault, input.dataset.target);
      if (!input.disabled) input.checked = Boolean(fault);
      input.toggleAttribute('aria-disabled', isOfClass(fault));
      input.nextElementSibling.textContent = fault ? `${fault.hits} hit, ${left(fault)}` : '';
    }
    const key = JSON.stringify(store.faults.map((f) => [f.id, f.says, f.hits, f.hint, left(f)]));
    if (list.dataset.shown === key) return;
    list.dataset.shown = key;
    const focused = document.activeElement?.dataset.clearFault;
    list.replaceChildren(...store.raging.map(armed), ...store.faults.filter((f) => f.is_spent).map(spent));
    if (focused) list.querySelector(`[data-clear-fault="${focused}"]`)?.focus();
  }

  function armed(fault) {
    return element('li', {}, saying(fault),
      element('p', { class: 'hint' }, `${fault.hits} hit, ${left(fault)}.${fault.hits ? '' : ` It has hit nothing yet. ${fault.hint}`}`),
      element('p', { class: 'hint' }, fault.teaches), lift(fault, 'Repair'));
  }

  function spent(fault) {
    return element('li', { class: 'is-spent' }, saying(fault, element('b', {}, 'Spent'), ' '),
      element('p', { class: 'hint' }, `${fault.hits} hit. ${fault.hint}`), lift(fault, 'Take away'));
  }

  function saying(fault, ...before) {
    return element('p', {}, ...before, isOfClass(fault) ? 'Switched on by the instructor for everybody. ' : '', fault.says);
  }

  function lift(fault, word) {
    if (isOfClass(fault)) return '';
    const off = element('button', { type: 'button', class: 'small', 'data-clear-fault': fault.id, 'aria-label': `${word}: ${fault.says}` }, word);
    off.addEventListener('click', () => send('DELETE', `/api/playground/faults/${fault.id}`));
    return off;
  }
}

const isOfClass = (fault) => fault?.scope === 'class';

const left = (fault) => {
  const seconds = Math.max(0, Math.round(fault.ends_at - Date.now() / 1000));
  return seconds > 90 ? `${Math.round(seconds / 60)} min left` : `${seconds} s left`;
};
