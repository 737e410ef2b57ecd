// Many customers at once: asked for here, sent by a worker, counted as they were answered.

import { element } from '../dom.js';
import { call, trouble } from '../live/api.js';
import { ms } from '../state/plain.js';

const PATH = '/api/playground/rush';
const ASK_EVERY_MS = 600;
const AFTER_MS = 20000; // so long after the last customer the work behind may still go on

export function rush(opener, panel) {
  const form = panel.querySelector('[data-rush-form]');
  const [go, stop] = ['go', 'stop'].map((name) => panel.querySelector(`[data-rush-${name}]`));
  const [bar, says, facts, problem] = ['progress', 'says', 'facts', 'problem'].map((name) => panel.querySelector(`[data-rush-${name}]`));
  let timer = null;
  let endedAt = null;

  const toggle = () => {
    panel.hidden = !panel.hidden;
    opener.setAttribute('aria-expanded', !panel.hidden);
    if (!panel.hidden) look();
  };
  stop.addEventListener('click', () => call('DELETE', PATH));
  panel.addEventListener('begun', () => { endedAt = null; look(); }); // by a lesson
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const plan = { action: form.action.value, rate: form.rate.valueAsNumber, seconds: form.seconds.valueAsNumber };
    go.disabled = true;
    const { status, data } = await call('POST', PATH, plan);
    if (status !== 202) { say(trouble(data)); go.disabled = false; return; }
    say('');
    endedAt = null;
    show(data);
    look();
  });

  async function look() {
    clearTimeout(timer);
    const { status, data } = await call('GET', PATH);
    if (status === 200) show(data);
    else if (status !== 404) say(trouble(data));
    const isOn = status === 200 && ['waiting', 'running'].includes(data.state);
    if (status === 200 && !isOn) endedAt ??= performance.now();
    // Completion times still grow while the queues are worked off.
    if (!panel.hidden && (isOn || (endedAt !== null && performance.now() - endedAt < AFTER_MS))) timer = setTimeout(look, isOn ? ASK_EVERY_MS : 3 * ASK_EVERY_MS);
  }

  function show(rush) {
    const isOn = ['waiting', 'running'].includes(rush.state);
    go.disabled = isOn;
    for (const name of ['action', 'rate', 'seconds']) {
      form[name].disabled = isOn;
      if (isOn) form[name].value = rush[name]; // whoever has asked for it
    }
    stop.hidden = !isOn;
    bar.hidden = !isOn;
    bar.value = rush.offered / (rush.rate * rush.seconds);
    says.textContent = {
      waiting: 'They are on their way …', running: `${rush.offered} have come.`, done: 'All have come and been answered.',
      stopped: 'Stopped: nobody else comes.', failed: `The rush itself failed (${rush.reason}).`,
    }[rush.state];
    const rows = {
      came: rush.offered, accepted: rush.accepted, refused: rush.refused, 'no answer in time': rush.timed_out, finished: rush.finished,
      'answer after': times(rush.answer_ms), 'finished after': times(rush.completion_ms),
    };
    facts.replaceChildren(...Object.entries(rows).map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value))));
  }

  function say(words) {
    problem.hidden = !words;
    problem.textContent = words;
  }

  return { toggle };
}

const times = (found) => (found ? `p50 ${ms(found.p50)}, p95 ${ms(found.p95)}, p99 ${ms(found.p99)}` : 'not yet');
