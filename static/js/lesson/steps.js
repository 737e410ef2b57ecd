// The steps of a run: carried out through the page's own buttons where there are any, so that
// exchange, picture and log show them, else through the public API.

import { detailOf, one } from '../dom.js';
import { call, problemText, tab } from '../live/api.js';
import { fieldOf } from '../panels/request.js';
import { settled } from './settled.js';

const RUSH = '/api/playground/rush';
const ASK_EVERY_MS = 500;
const twins = () => import('../panels/twin.js'); // only few lessons need it

/**
 * @typedef {Object} Step  as the server has planned it: one of these, with its options
 * @property {unknown} [design] @property {unknown} [fault] @property {boolean} [repair] @property {boolean} [reset]
 * @property {number} [settle] @property {number} [pause] @property {RushStep} [rush]
 * @property {string} [press] @property {Object<string, string>} [with] @property {number} [times]
 * @typedef {{go_on?: boolean, [name: string]: unknown}} RushStep
 * @typedef {{twin: object, steps: Step[]}} TwinPlan
 * @typedef {import('../panels/actions.js').Actions} Actions @typedef {import('../panels/actions.js').Answered} Answered
 * @typedef {{store: import('../state/store.js').Store, actions: Actions, rush?: Promise<void>|null}} Page  `rush`: one that goes on
 */

/** Its message says to the user why a step could not be carried out. */
export class StepFailed extends Error {}

/**
 * @param {Step} step @param {Page} page @param {string} actor  the run's mark: by it the server knows what the run changes
 * @returns {Promise<string[]>} ids of the runs that it has begun.  Throws StepFailed.
 */
export async function carryOut(step, page, actor) {
  const { actions } = page;
  if (step.design) await ask('PATCH', '/api/playground/design', step.design, actor);
  else if (step.fault) await ask('POST', '/api/playground/faults', step.fault, actor);
  else if (step.repair) await ask('DELETE', `/api/playground/faults?of_actor=${actor}&of_actor=${tab()}`, undefined, actor);
  else if (step.reset) await ask('POST', '/api/playground/reset', undefined, actor);
  else if (step.settle) await quiet(page, step.settle);
  else if (step.pause) await pause(step.pause * 1000);
  else if (step.rush) return [await rush(page, step.rush)];
  else if (step.press) return press(actions, step);
  return [];
}

/** The steps under both designs at once, drawn on one time axis. @param {TwinPlan} plan @param {HTMLElement} place */
export async function carryOutTwin({ twin, steps }, place) {
  const shared = steps.filter((step) => !step.reset); // both sides are fresh
  const { runTwin } = await twins();
  const { run, state, reason } = await runTwin({ ...twin, steps: shared }, place).catch((refused) => { throw new StepFailed(refused.message); });
  if (state !== 'done') throw new StepFailed(`The twin has ended early: ${reason || state}.`);
  return [run];
}

/** @param {string} method @param {string} path @param {unknown} [body] @param {string} [actor] */
async function ask(method, path, body, actor) {
  const { status, data } = await call(method, path, body, { actor });
  if (status < 200 || status >= 300) throw new StepFailed(problemText(data));
  return data;
}

/** So many times, one after the other: a customer waits for the answer. @param {Actions} actions @param {Step} step */
async function press(actions, { press: action, with: values = {}, times = 1 }) {
  const isReadBack = action === 'read-back';
  const form = /** @type {HTMLFormElement} */ (one(document, isReadBack ? '#f-profile' : `#f-${action}`));
  const go = () => (isReadBack ? one(form, '[data-read-back]').click() : form.requestSubmit());
  /** @type {string[]} */
  const runs = [];
  for (let n = 0; n < times; n++) {
    const before = fill(form, action === 'register' ? { email: fresh(n), ...values } : values);
    actions.isLed = true;
    const answer = await answered(actions, form, go).finally(() => { actions.isLed = false; });
    fill(form, before);
    const run = answer.headers.get('x-inflight-run');
    if (!run) throw new StepFailed('The server did not answer. Check whether the badge says “Live”, and run it again.');
    runs.push(run);
  }
  return runs;
}

/** An unused address: the one in the form may be stored already, even if its answer was an error. @param {number} n */
const fresh = (n) => `dana.${Math.random().toString(36).slice(2, 10)}${n}@example.com`;

/** @param {HTMLFormElement} form @param {Object<string, string>} values @returns {Object<string, string>} the values before */
function fill(form, values) {
  /** @type {Object<string, string>} */
  const before = {};
  for (const [name, value] of Object.entries(values)) {
    const input = fieldOf(form, name);
    if (!input) throw new StepFailed(`The form has no field ${name}.`);
    before[name] = input.value;
    input.value = value;
  }
  return before;
}

/** @param {Actions} actions @param {HTMLFormElement} form @param {() => void} go @returns {Promise<Answered>} */
function answered(actions, form, go) {
  return new Promise((resolve) => {
    const hear = (/** @type {Event} */ event) => {
      const detail = detailOf(event);
      if (detail.form !== form) return;
      actions.removeEventListener('answered', hear);
      resolve(detail);
    };
    actions.addEventListener('answered', hear);
    go();
  });
}

/** Returns its run. With `go_on` it returns as soon as the first customers come, and the next `settle` waits for the last of them. @param {Page} page @param {RushStep} step */
async function rush(page, { go_on: goesOn, ...plan }) {
  const { run } = await ask('POST', RUSH, plan);
  const panel = one(document, '[data-rush]');
  if (panel.hidden) one(document, '[data-rush-open]').click();
  else panel.dispatchEvent(new Event('begun'));
  await rushIs(goesOn ? ['waiting'] : ['waiting', 'running']);
  page.rush = goesOn ? rushIs(['running']) : null;
  page.rush?.catch(() => {}); // reported where it is awaited
  return run;
}

/** Until the rush is in none of these states. @param {string[]} states */
async function rushIs(states) {
  let data = await ask('GET', RUSH);
  while (states.includes(data.state)) {
    await pause(ASK_EVERY_MS);
    data = await ask('GET', RUSH);
  }
  if (data.state === 'failed') throw new StepFailed(`The rush has failed: ${data.reason}.`);
}

/** Until all customers have been answered, and nothing is on the way. @param {Page} page @param {number} most_s */
async function quiet(page, most_s) {
  await page.rush;
  page.rush = null;
  await settled(page.store, most_s);
}

/** @param {number} ms @returns {Promise<void>} */
const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });
