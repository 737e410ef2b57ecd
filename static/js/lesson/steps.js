// The steps of a run, each carried out for real: through the page's own buttons where there is
// one, so that exchange, picture and log show it, else through the public API.

import { call, trouble } from '../live/api.js';
import { settled } from './settled.js';

const RUSH = '/api/playground/rush';
const ASK_EVERY_MS = 500;
const twins = () => import('../panels/twin.js'); // heavy, and few lessons have one

/** What a person is told when a step cannot be done. */
export class StepFailed extends Error {}

/**
 * @param {Object} step  as the server has planned it
 * @param {{store: import('../state/store.js').Store, actions: EventTarget}} page
 * @returns {Promise<string[]>} ids of the runs that it has begun.  Throws StepFailed.
 */
export async function carryOut(step, page) {
  const { actions } = page;
  if (step.design) await ask('PATCH', '/api/playground/design', step.design);
  else if (step.fault) await ask('POST', '/api/playground/faults', step.fault);
  else if (step.repair) await ask('DELETE', '/api/playground/faults');
  else if (step.reset) await ask('POST', '/api/playground/reset');
  else if (step.settle) await quiet(page, step.settle);
  else if (step.pause) await pause(step.pause * 1000);
  else if (step.rush) return [await rush(page, step.rush)];
  else if (step.press) return press(actions, step);
  return [];
}

/** The steps under both designs at once, drawn on one time axis. @param {HTMLElement} place */
export async function carryOutTwin({ twin, steps }, place) {
  const shared = steps.filter((step) => !step.reset); // both sides are fresh
  const { runTwin } = await twins();
  const { run, state, reason } = await runTwin({ ...twin, steps: shared }, place).catch((refused) => { throw new StepFailed(refused.message); });
  if (state !== 'done') throw new StepFailed(`The twin has ended early: ${reason || state}.`);
  return [run];
}

async function ask(method, path, body) {
  const { status, data } = await call(method, path, body);
  if (status < 200 || status >= 300) throw new StepFailed(trouble(data));
  return data;
}

/** As often as asked, one after the other: a customer waits for the answer. */
async function press(actions, { press: action, with: values = {}, times = 1 }) {
  const isReadBack = action === 'read-back';
  const form = document.getElementById(isReadBack ? 'f-profile' : `f-${action}`);
  const go = () => (isReadBack ? form.querySelector('[data-read-back]').click() : form.requestSubmit());
  const runs = [];
  for (let n = 0; n < times; n++) {
    const before = fill(form, action === 'register' ? { email: fresh(n), ...values } : values);
    actions.isLed = true;
    const answer = await answered(actions, form, go).finally(() => { actions.isLed = false; });
    fill(form, before);
    const run = answer.headers.get('x-inflight-run');
    if (!run) throw new StepFailed('No answer came from the server. See whether the badge says Live, and run it again.');
    runs.push(run);
  }
  return runs;
}

/** An address that nobody has: the one in the form may be stored already, whatever its answer said. */
const fresh = (n) => `dana.${Date.now().toString(36)}${n}@example.com`;

/** @returns {Object<string, string>} what was there before */
function fill(form, values) {
  const before = {};
  for (const [name, value] of Object.entries(values)) {
    const input = form.elements[name];
    if (!input) throw new StepFailed(`The form has no field ${name}.`);
    before[name] = input.value;
    input.value = value;
  }
  return before;
}

function answered(actions, form, go) {
  return new Promise((resolve) => {
    const hear = ({ detail }) => {
      if (detail.form !== form) return;
      actions.removeEventListener('answered', hear);
      resolve(detail);
    };
    actions.addEventListener('answered', hear);
    go();
  });
}

/** Its run. With `go_on` it comes back as soon as customers come, and the next `settle` waits for the last of them. */
async function rush(page, { go_on: goesOn, ...plan }) {
  const { run } = await ask('POST', RUSH, plan);
  const panel = document.querySelector('[data-rush]');
  if (panel.hidden) document.querySelector('[data-rush-open]').click();
  else panel.dispatchEvent(new Event('begun'));
  await rushIs(goesOn ? ['waiting'] : ['waiting', 'running']);
  page.rush = goesOn ? rushIs(['running']) : null;
  page.rush?.catch(() => {}); // told where it is waited for
  return run;
}

async function rushIs(states) {
  let data = await ask('GET', RUSH);
  while (states.includes(data.state)) {
    await pause(ASK_EVERY_MS);
    data = await ask('GET', RUSH);
  }
  if (data.state === 'failed') throw new StepFailed(`The rush has failed: ${data.reason}.`);
}

/** Until all customers were answered, and nothing is on the way. */
async function quiet(page, most_s) {
  await page.rush;
  page.rush = null;
  await settled(page.store, most_s);
}

const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });
