// The form for any kind of fault: what happens, where, and what it means.

import { all, element, one } from '../dom.js';
import { title } from '../state/plain.js';
import { fieldOf } from './request.js';

/** @type {Object<string, string>} */
const CHOICES = {
  styles: 'call or text', timeout_ms: 'the time-out', request_slots: 'request slots', call_retry: 'call retries',
  breaker: 'the circuit breaker', ack: 'late acknowledgement', delivery_retry: 'delivery retries', dead_letters: 'the dead-letter queue',
  outbox: 'the outbox', idempotent_consumers: 'idempotent consumers', idempotency_key: 'the idempotency key',
  queue_bound: 'a queue bound', replicas: 'replicas', kitchen_capacity: 'the kitchen’s capacity',
};

// Every order passes one of these.
const USUAL_PLACES = ['notification', 'orders'];

/** "orders->dispatch" in words. @param {string} target */
export function placeName(target) {
  const [source, receiver] = target.split('->');
  return receiver ? `${title(source)} → ${title(receiver)}` : title(source);
}

/** @param {string} target */
const placeInSentence = (target) => {
  const [source, receiver] = target.split('->');
  return receiver ? `${title(receiver)} (from ${title(source)})` : target === 'broker' ? 'the broker' : title(source);
};

/**
 * @param {HTMLFormElement} form @param {import('../live/playground.js').PageData['faults']} catalogue
 * @param {(fault: Object<string, unknown>) => Promise<boolean>} inject
 */
export function faultForm(form, catalogue, inject) {
  const [kind, target, ms, status] = ['kind', 'target', 'ms', 'status'].map((name) => fieldOf(form, name));
  const meaning = one(form, '[data-fault-meaning]');
  kind.append(...Object.entries(catalogue).map(([name, spec]) => element('option', { value: name }, spec.title)));
  kind.value = 'errors';
  kind.addEventListener('change', choose);
  form.addEventListener('input', explain);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const isNext = /** @type {HTMLButtonElement|null} */ (event.submitter)?.value === 'next';
    /** @type {Object<string, unknown>} */
    const fault = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, ['kind', 'target'].includes(name) ? value : Number(value)]));
    if (isNext) fault.limit = 1;
    await inject(fault);
  });
  choose();

  function choose() {
    const spec = catalogue[kind.value];
    const before = target.value;
    target.replaceChildren(...spec.places.map((name) => element('option', { value: name }, placeName(name))));
    target.value = [before, ...USUAL_PLACES].find((name) => spec.places.includes(name)) ?? spec.places[0];
    ms.value = String(spec.default_ms || '');
    status.value = String(spec.default_status || '');
    /** @type {Object<string, unknown>} */
    const needs = { ms: spec.default_ms, status: spec.default_status, jitter: kind.value === 'latency', victims: !spec.is_whole, whole: spec.is_whole };
    for (const part of all(form, '[data-needs]')) {
      part.hidden = !needs[part.dataset.needs ?? ''];
      // A hidden field is not sent, and an invalid value in it does not stop the form.
      const control = part instanceof HTMLLabelElement ? part.control : null;
      if (control) /** @type {HTMLInputElement} */ (control).disabled = part.hidden;
    }
    explain();
  }

  function explain() {
    const spec = catalogue[kind.value];
    const does = spec.says.replace('{place}', placeInSentence(target.value)).replace('{ms}', ms.value).replace('{status}', status.value);
    const rows = { 'What it does': does, 'To a call': spec.calls, 'To a text': spec.texts, 'It teaches': spec.teaches, 'Answered by': spec.answers.map((name) => CHOICES[name] ?? name).join(', ') };
    meaning.replaceChildren(...Object.entries(rows).flatMap(([name, words]) => [element('dt', {}, name), element('dd', {}, words)]));
  }
}
