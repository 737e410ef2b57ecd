// A rush: many customers at once, started here, sent by a worker, and counted by their answers.

import { element, one } from '../dom.js';
import { call, problemText } from '../live/api.js';
import { ms } from '../state/plain.js';
import { fieldOf } from './request.js';

/** @typedef {import('../state/schema.js').RushOut} Rush */

const PATH = '/api/playground/rush';
const ASK_EVERY_MS = 600;
const AFTER_MS = 20000; // work in the background may go on for so long after the last customer

/** @param {HTMLElement} opener @param {HTMLElement} panel */
export function rush(opener, panel) {
  const find = (/** @type {string} */ name) => one(panel, `[data-rush-${name}]`);
  const form = /** @type {HTMLFormElement} */ (find('form'));
  const go = /** @type {HTMLButtonElement} */ (find('go'));
  const bar = /** @type {HTMLProgressElement} */ (find('progress'));
  const [stop, says, facts, problem] = ['stop', 'says', 'facts', 'problem'].map(find);
  const [action, rate, seconds] = ['action', 'rate', 'seconds'].map((name) => fieldOf(form, name));
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let timer;
  /** @type {number|null} */
  let endedAt = null;

  const toggle = () => {
    panel.hidden = !panel.hidden;
    opener.setAttribute('aria-expanded', String(!panel.hidden));
    if (!panel.hidden) look();
  };
  stop.addEventListener('click', () => call('DELETE', PATH));
  panel.addEventListener('begun', () => { endedAt = null; look(); }); // by a lesson
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const plan = { action: action.value, rate: rate.valueAsNumber, seconds: seconds.valueAsNumber };
    go.disabled = true;
    const { status, data } = await call('POST', PATH, plan);
    if (status !== 202) { say(problemText(data)); go.disabled = false; return; }
    say('');
    endedAt = null;
    show(data);
    look();
  });

  async function look() {
    clearTimeout(timer);
    const { status, data } = await call('GET', PATH);
    if (status === 200) show(data);
    else if (status !== 404) say(problemText(data));
    const isOn = status === 200 && ['waiting', 'running'].includes(data.state);
    if (status === 200 && !isOn) endedAt ??= performance.now();
    // Completion times still change while the queues are being emptied.
    if (!panel.hidden && (isOn || (endedAt !== null && performance.now() - endedAt < AFTER_MS))) timer = setTimeout(look, isOn ? ASK_EVERY_MS : 3 * ASK_EVERY_MS);
  }

  /** @param {Rush} rush */
  function show(rush) {
    const isOn = ['waiting', 'running'].includes(rush.state);
    go.disabled = isOn;
    for (const field of [action, rate, seconds]) {
      field.disabled = isOn;
      if (isOn) field.value = String(rush[/** @type {'action'|'rate'|'seconds'} */ (field.name)]); // it may have been started elsewhere
    }
    stop.hidden = !isOn;
    bar.hidden = !isOn;
    bar.value = rush.offered / (rush.rate * rush.seconds);
    says.textContent = {
      waiting: 'Starting …', running: `${rush.offered} customers so far.`, done: 'All customers have been answered.',
      stopped: 'Stopped: no more customers.', failed: `The rush failed (${rush.reason}).`,
    }[rush.state];
    const rows = {
      customers: rush.offered, accepted: rush.accepted, refused: rush.refused, 'no answer in time': rush.timed_out, finished: rush.finished,
      'answer after': times(rush.answer_ms), 'finished after': times(rush.completion_ms),
    };
    // The verdict of a lesson's run comes when the picture has shown it; its figures are not given away here.
    const isLed = document.querySelector('[data-run-step][data-state="running"]');
    facts.hidden = Boolean(isLed);
    facts.replaceChildren(...Object.entries(rows).map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value))));
  }

  /** @param {string} words */
  function say(words) {
    problem.hidden = !words;
    problem.textContent = words;
  }

  return { toggle };
}

/** @param {Object<string, number>|null} found */
const times = (found) => (found ? `p50 ${ms(found.p50)}, p95 ${ms(found.p95)}, p99 ${ms(found.p99)}` : 'not yet');
