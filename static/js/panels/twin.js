// The same customers under two designs at once: asked for here, run by a worker, drawn as measured.

import { element } from '../dom.js';
import { styled } from '../fetched.js';
import { call, trouble } from '../live/api.js';
import { TwinDrawing } from '../picture/twin-axis.js';
import { isOver } from '../state/twin.js';
import { placeName } from './wish.js';

const PATH = '/api/playground/twin';
const ASK_EVERY_MS = 700;
const PATIENT_FOR = 10; // questions in a row without an answer

/**
 * Run a twin and draw it into a place until it is over. Once aborted, it is stopped.
 * @param {object} spec  as POST /api/playground/twin takes it: {a, b, seed, faults, steps, settle_s}
 * @param {HTMLElement} place  @param {{signal?: AbortSignal, seen?: (twin: object) => void}} [more]
 * @returns {Promise<object>} as GET /api/playground/twin answers. Rejects with what to tell a person.
 */
export async function runTwin(spec, place, { signal, seen = () => {} } = {}) {
  const { status, data } = await call('POST', PATH, spec);
  if (status !== 202) throw refusal(place, trouble(data));
  return followTwin(place, { signal, seen, first: data });
}

/** Draw the newest twin until it is over. */
export async function followTwin(place, { signal, seen = () => {}, first }) {
  await styled(place);
  const drawing = new TwinDrawing(place);
  const stop = () => call('DELETE', PATH);
  if (signal?.aborted) await stop();
  signal?.addEventListener('abort', stop, { once: true });
  let twin = first;
  let unanswered = 0;
  for (;;) {
    drawing.show(twin);
    seen(twin);
    if (isOver(twin)) return twin;
    await new Promise((done) => { setTimeout(done, ASK_EVERY_MS); });
    const { status, data } = await call('GET', PATH);
    if (status === 200) [twin, unanswered] = [data, 0];
    else if ((unanswered += 1) > PATIENT_FOR) throw refusal(place, trouble(data));
  }
}

function refusal(place, words) {
  place.replaceChildren(element('p', { class: 'problem', role: 'alert' }, words));
  return new Error(words);
}

/** The panel in which anybody may set one up. @param {HTMLElement} panel */
export function twin(panel, store, catalogue) {
  const form = panel.querySelector('[data-twin-form]');
  const [place, stop] = ['place', 'stop'].map((name) => panel.querySelector(`[data-twin-${name}]`));
  const go = form.querySelector('[type=submit]');
  const { kind, target } = form.elements;
  let stopper = null;

  kind.append(...Object.entries(catalogue).filter(([name]) => name !== 'surge').map(([name, spec]) => element('option', { value: name }, spec.title)));
  kind.addEventListener('change', offerPlaces);
  form.elements.many.addEventListener('change', offerRate);
  stop.addEventListener('click', () => stopper?.abort());
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    stop.parentElement.scrollIntoView({ block: 'start' });
    follow((more) => runTwin(specOf(form, store.connections), place, more));
  });
  for (const button of panel.querySelectorAll('[data-twin-try]')) button.addEventListener('click', () => suggest(JSON.parse(button.dataset.twinTry)));
  const sheet = panel.closest('[popover]');
  sheet?.addEventListener('toggle', ({ newState }) => { if (newState === 'open' && !stopper) look(); });
  offerPlaces();
  offerRate();
  // This file may have been fetched by the very opening that it would have listened for.
  if (sheet?.matches(':popover-open')) look();

  /** One that was begun before this page was opened. */
  async function look() {
    const { status, data } = await call('GET', PATH);
    if (status === 200 && !stopper) follow((more) => followTwin(place, { ...more, first: data }));
  }

  async function follow(begin) {
    stopper = new AbortController();
    go.disabled = true;
    stop.hidden = false;
    try {
      await begin({ signal: stopper.signal, seen: (shown) => { if (isOver(shown)) stop.hidden = true; } });
    } catch {
      // What went wrong stands in its place.
    }
    stopper = null;
    go.disabled = false;
    stop.hidden = true;
  }

  function suggest(values) {
    form.reset();
    for (const [name, value] of Object.entries(values)) {
      form.elements[name].value = value;
      if (name === 'kind') offerPlaces();
    }
    offerRate();
    form.requestSubmit();
  }

  function offerPlaces() {
    const spec = catalogue[kind.value];
    const before = target.value;
    target.replaceChildren(...(spec?.places ?? []).map((name) => element('option', { value: name }, placeName(name))));
    if (spec?.places.includes(before)) target.value = before;
    for (const part of form.querySelectorAll('[data-twin-fault]')) part.hidden = !spec || (spec.is_whole && part.dataset.twinFault === 'victims');
    form.elements.limit.disabled = form.elements.limit.parentElement.hidden;
  }

  function offerRate() {
    const isRush = form.elements.many.value === 'rush';
    for (const part of form.querySelectorAll('[data-twin-rush]')) part.hidden = !isRush;
  }
}

/** What the form asks for, as the API takes it. */
export function specOf(form, connections) {
  const { action, many, rate, seconds, seed, kind, target, limit, duration_s: lasts } = form.elements;
  const side = (letter) => sideOf(form, letter, connections);
  const step = many.value === 'rush' ? { rush: { action: action.value, rate: rate.valueAsNumber, seconds: seconds.valueAsNumber } } : { press: action.value };
  const fault = { kind: kind.value, target: target.value, limit: limit.disabled ? 0 : limit.valueAsNumber, duration_s: lasts.valueAsNumber };
  return { a: side('a'), b: side('b'), seed: seed.valueAsNumber, faults: kind.value ? [fault] : [], steps: [step], settle_s: 60 };
}

const OFFERED = { ack: { early: 'early ack', late: 'late ack' }, outbox: { on: 'outbox', off: 'no outbox' }, idempotent_consumers: { on: 'idempotent', off: 'not idempotent' } };

function sideOf(form, letter, connections) {
  const value = (name) => form.elements[`${letter}.${name}`].value;
  const [preset, style] = [value('preset'), value('style')];
  const design = preset ? { preset } : {};
  const words = [preset];
  if (style) {
    design.styles = Object.fromEntries(connections.filter((c) => c.flippable).map((c) => [c.id, style]));
    words.push(style === 'call' ? 'all calls' : 'all texts');
  }
  for (const [name, choices] of Object.entries(OFFERED)) {
    if (!value(name)) continue;
    design[name] = name === 'ack' ? value(name) : value(name) === 'on';
    words.push(choices[value(name)]);
  }
  const title = words.filter(Boolean).join(', ') || 'current design';
  return { title: `${letter.toUpperCase()}: ${title}`.slice(0, 60), design };
}
