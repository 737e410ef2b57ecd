// The form for any fault there is: what happens, where, and what it means.

import { element } from '../dom.js';
import { title } from '../state/plain.js';

const CHOICES = {
  styles: 'call or text', timeout_ms: 'the time-out', request_slots: 'request slots', call_retry: 'call retries',
  breaker: 'the circuit breaker', ack: 'late acknowledgement', delivery_retry: 'delivery retries', dead_letters: 'the dead-letter queue',
  outbox: 'the outbox', idempotent_consumers: 'idempotent consumers', idempotency_key: 'the idempotency key',
  queue_bound: 'a queue bound', replicas: 'replicas', kitchen_capacity: 'the kitchen’s capacity',
};

// Where an order is hit, in any case.
const USUAL_PLACES = ['notification', 'orders'];

/** "orders->dispatch" in words. */
export function placeName(target) {
  const [source, receiver] = target.split('->');
  return receiver ? `${title(source)} → ${title(receiver)}` : title(source);
}

const placeInSentence = (target) => {
  const [source, receiver] = target.split('->');
  return receiver ? `${title(receiver)} (from ${title(source)})` : target === 'broker' ? 'the broker' : title(source);
};

/** @param {HTMLFormElement} form @param {(fault: object) => Promise<boolean>} inject */
export function wish(form, catalogue, inject) {
  const { kind, target, ms, status } = form.elements;
  const meaning = form.querySelector('[data-fault-meaning]');
  kind.append(...Object.entries(catalogue).map(([name, spec]) => element('option', { value: name }, spec.title)));
  kind.value = 'errors';
  kind.addEventListener('change', choose);
  form.addEventListener('input', explain);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const fault = Object.fromEntries(new FormData(form));
    for (const name of Object.keys(fault)) if (!['kind', 'target'].includes(name)) fault[name] = Number(fault[name]);
    if (!catalogue[kind.value].is_whole) fault.limit = event.submitter?.value === 'next' ? 1 : 0;
    await inject(fault);
  });
  choose();

  function choose() {
    const spec = catalogue[kind.value];
    const before = target.value;
    target.replaceChildren(...spec.places.map((name) => element('option', { value: name }, placeName(name))));
    target.value = [before, ...USUAL_PLACES].find((name) => spec.places.includes(name)) ?? spec.places[0];
    ms.value = spec.default_ms || '';
    status.value = spec.default_status || '';
    const needs = { ms: spec.default_ms, status: spec.default_status, jitter: kind.value === 'latency', victims: !spec.is_whole, whole: spec.is_whole };
    for (const part of form.querySelectorAll('[data-needs]')) {
      part.hidden = !needs[part.dataset.needs];
      // What is not seen is not sent, and its value keeps nobody from sending the rest.
      if (part.control) part.control.disabled = part.hidden;
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
