// A twin run: the same customers under two designs at once; started here, run by a worker, drawn as measured.

import { all, element, one } from '../dom.js';
import { styled } from '../fetched.js';
import { call, problemText } from '../live/api.js';
import { TwinDrawing } from '../picture/twin_axis.js';
import { isOver } from '../state/twin.js';
import { placeName } from './fault_form.js';
import { fieldOf } from './request.js';

const PATH = '/api/playground/twin';
const ASK_EVERY_MS = 700;
const PATIENT_FOR = 10; // requests in a row without an answer

/**
 * @typedef {import('../state/twin.js').Twin} Twin
 * @typedef {{signal?: AbortSignal, seen?: (twin: Twin) => void}} Options  `seen` hears of each state
 */

/**
 * Run a twin and draw it into a place until it is over. Once aborted, it is stopped.
 * @param {object} spec  as POST /api/playground/twin takes it: {a, b, seed, faults, steps, settle_s}
 * @param {HTMLElement} place  @param {Options} [more]
 * @returns {Promise<Twin>} as GET /api/playground/twin answers. Rejects with a message for the user.
 */
export async function runTwin(spec, place, { signal, seen = () => {} } = {}) {
  const { status, data } = await call('POST', PATH, spec);
  if (status !== 202) throw refusal(place, problemText(data));
  return followTwin(place, { signal, seen, first: data });
}

/** Draw the newest twin until it is over. @param {HTMLElement} place @param {Options & {first: Twin}} more */
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
    else if ((unanswered += 1) > PATIENT_FOR) throw refusal(place, problemText(data));
  }
}

/** @param {HTMLElement} place @param {string} words */
function refusal(place, words) {
  place.replaceChildren(element('p', { class: 'problem', role: 'alert' }, words));
  return new Error(words);
}

/**
 * The panel in which a twin is set up.
 * @param {HTMLElement} panel @param {import('../state/store.js').Store} store @param {import('../live/playground.js').PageData['faults']} catalogue
 */
export function twin(panel, store, catalogue) {
  const form = /** @type {HTMLFormElement} */ (one(panel, '[data-twin-form]'));
  const [place, stop] = ['place', 'stop'].map((name) => one(panel, `[data-twin-${name}]`));
  const go = /** @type {HTMLButtonElement} */ (one(form, '[type=submit]'));
  const [kind, target, many, limit] = ['kind', 'target', 'many', 'limit'].map((name) => fieldOf(form, name));
  /** @type {AbortController|null} */
  let stopper = null;

  kind.append(...Object.entries(catalogue).filter(([name]) => name !== 'surge').map(([name, spec]) => element('option', { value: name }, spec.title)));
  kind.addEventListener('change', offerPlaces);
  many.addEventListener('change', offerRate);
  stop.addEventListener('click', () => stopper?.abort());
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    stop.parentElement?.scrollIntoView({ block: 'start' });
    follow((more) => runTwin(specOf(form, store.newest.connections), place, more));
  });
  for (const button of all(panel, '[data-twin-try]')) button.addEventListener('click', () => suggest(JSON.parse(button.dataset.twinTry ?? '{}')));
  const sheet = panel.closest('[popover]');
  sheet?.addEventListener('toggle', (event) => { if (/** @type {ToggleEvent} */ (event).newState === 'open' && !stopper) look(); });
  offerPlaces();
  offerRate();
  // The sheet may have been opened before this module was loaded.
  if (sheet?.matches(':popover-open')) look();

  /** Show a twin that was started before this page was open. */
  async function look() {
    const { status, data } = await call('GET', PATH);
    if (status === 200 && !stopper) follow((more) => followTwin(place, { ...more, first: data }));
  }

  /** @param {(more: Options) => Promise<Twin>} begin */
  async function follow(begin) {
    stopper = new AbortController();
    go.disabled = true;
    stop.hidden = false;
    try {
      await begin({ signal: stopper.signal, seen: (shown) => { if (isOver(shown)) stop.hidden = true; } });
    } catch {
      // The place shows what went wrong.
    }
    stopper = null;
    go.disabled = false;
    stop.hidden = true;
  }

  /** @param {Object<string, string>} values */
  function suggest(values) {
    form.reset();
    for (const [name, value] of Object.entries(values)) {
      fieldOf(form, name).value = value;
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
    for (const part of all(form, '[data-twin-fault]')) part.hidden = !spec || (spec.is_whole && part.dataset.twinFault === 'victims');
    limit.disabled = Boolean(limit.parentElement?.hidden);
  }

  function offerRate() {
    const isRush = many.value === 'rush';
    for (const part of all(form, '[data-twin-rush]')) part.hidden = !isRush;
  }
}

/** @typedef {import('../state/types.js').Connection} Connection */

/** The form's values, as the API takes them. @param {HTMLFormElement} form @param {Connection[]} connections */
export function specOf(form, connections) {
  const [action, many, rate, seconds, seed, kind, target, limit, lasts] = ['action', 'many', 'rate', 'seconds', 'seed', 'kind', 'target', 'limit', 'duration_s'].map((name) => fieldOf(form, name));
  const side = (/** @type {'a'|'b'} */ letter) => sideOf(form, letter, connections);
  const step = many.value === 'rush' ? { rush: { action: action.value, rate: rate.valueAsNumber, seconds: seconds.valueAsNumber } } : { press: action.value };
  const fault = { kind: kind.value, target: target.value, limit: limit.disabled ? 0 : limit.valueAsNumber, duration_s: lasts.valueAsNumber };
  return { a: side('a'), b: side('b'), seed: seed.valueAsNumber, faults: kind.value ? [fault] : [], steps: [step], settle_s: 60 };
}

/** @type {Object<string, Object<string, string>>} */
const OFFERED = { ack: { early: 'early ack', late: 'late ack' }, outbox: { on: 'outbox', off: 'no outbox' }, idempotent_consumers: { on: 'idempotent', off: 'not idempotent' } };

/** @param {HTMLFormElement} form @param {'a'|'b'} side @param {Connection[]} connections */
function sideOf(form, side, connections) {
  const value = (/** @type {string} */ name) => fieldOf(form, `${side}.${name}`).value;
  const [preset, style] = [value('preset'), value('style')];
  /** @type {Object<string, unknown>} */
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
  return { title: `${side.toUpperCase()}: ${title}`.slice(0, 60), design };
}
