// The line above the actions: connection, run, freeze, banner, caption, announcements.

import { throttled } from '../dom.js';
import { paced } from '../frames.js';
import { sentence } from '../state/plain.js';
import { travels } from '../state/records.js';
import { isFailed } from '../state/travel.js';

const CLOSE_REASONS = { 4401: 'no playground: reload the page', 4403: 'this token opens nothing', 4400: 'the page and the server disagree: reload' };

/** Which side is lost, in words. */
function lost({ state, code }) {
  if (state === 'connecting') return 'Connecting';
  if (state === 'closed') return `Closed: ${CLOSE_REASONS[code] ?? code}`;
  if (!navigator.onLine) return 'Your network is away';
  return code === 4503 ? 'Redis is away; trying again' : 'The server is away; trying again';
}

export function connection(place, store, socket) {
  const words = place.querySelector('[data-connection-text]');
  let link = { state: 'connecting' };
  const show = () => {
    const worker = store.stats?.worker;
    const isWorkerGone = link.state === 'live' && worker && !worker.alive;
    const text = link.state !== 'live' ? lost(link) : isWorkerGone ? 'Worker away: texts wait' : link.via === 'polling' ? 'Live (polling)' : 'Live';
    if (words.textContent !== text) words.textContent = text;
    place.dataset.state = isWorkerGone ? 'worker' : link.state;
  };
  socket.addEventListener('state', ({ detail }) => {
    if (detail.state === 'connecting' && link.state === 'away') return; // one more try: still away
    link = detail;
    show();
  });
  store.addEventListener('stats', show);
  addEventListener('offline', show);
  addEventListener('online', show);
}

export function run(place, store) {
  const show = paced(200, () => {
    const { run: story } = store.state;
    place.textContent = story ? `${story.name} · ${story.messages} messages` : '';
  });
  for (const type of ['records', 'seek']) store.addEventListener(type, show);
}

export function freeze(button, store) {
  const words = button.querySelector('span');
  button.addEventListener('click', () => store.freeze(!store.frozen));
  store.addEventListener('frozen', ({ detail: held }) => {
    button.setAttribute('aria-pressed', store.frozen);
    button.querySelector('use').setAttribute('href', store.frozen ? '#i-play' : '#i-pause');
    words.textContent = !store.frozen ? 'Freeze' : held ? `Go on (${held} new)` : 'Go on';
  });
}

/** What is broken now: by an instructor for everybody, and by oneself. */
export function banner(place, store) {
  store.addEventListener('faults', () => {
    const forAll = store.faults.filter((f) => f.scope === 'class');
    const mine = store.faults.filter((f) => f.scope !== 'class');
    place.hidden = store.faults.length === 0;
    place.dataset.scope = forAll.length ? 'class' : 'mine';
    const text = [
      forAll.length ? `For the whole class: ${forAll.map((f) => f.says).join(' ')}` : '',
      mine.length > 2 ? `You have broken ${mine.length} things. The key 0 repairs them.` : mine.map((f) => f.says).join(' '),
    ].filter(Boolean).join(' ');
    if (place.textContent !== text) place.textContent = text;
  });
}

/** The sentence under the picture: what is shown at this moment. */
export function caption(place, time, picture, store) {
  picture.addEventListener('show', ({ detail: record }) => {
    place.textContent = sentence(record);
    place.classList.toggle('is-answer', record.kind === 'response' && record.target === 'customer' && record.status === 'ok');
    const began = store.state.run?.id === record.run ? store.state.run.at : null;
    time.textContent = began === null ? '' : `${Math.max(0, record.at - began).toFixed(2)} s`;
  });
}

/** For screen readers: what matters, at most every five seconds; a burst is summed up. */
export function announcer(place, store) {
  let news = [];
  const say = throttled(ANNOUNCE_MS, () => {
    place.textContent = summary(news);
    news = [];
  });
  store.addEventListener('records', ({ detail }) => {
    if (detail.past) return;
    news = news.concat(detail.records.filter((r) => travels(r) || MATTERS.has(r.kind)));
    if (news.length) say();
  });
  store.addEventListener('seek', () => { news = []; });
}

const CROWD_MS = 250;
const ANNOUNCE_MS = 5000;
const MATTERS = new Set(['state', 'dead_letter', 'fault']);

/** A few sentences about a few records, one about many. */
export function summary(records) {
  const told = records.filter((r) => MATTERS.has(r.kind) || r.kind === 'retry' || (r.kind === 'response' && r.target === 'customer'));
  if (told.length <= 3) return told.map(sentence).join(' ');
  const messages = new Set(records.filter((r) => r.message).map((r) => r.message));
  const failed = new Set(records.filter((r) => r.message && (isFailed(r) || r.kind === 'dead_letter')).map((r) => r.message));
  return `${messages.size} messages in the last 5 seconds, ${failed.size || 'none'} failed. ${sentence(told.at(-1))}`;
}

/** "1 dot = up to 12 messages", as long as it is so; and what no arrow of this picture carries. */
export function crowd(place, dots) {
  let told = { most: 1, undrawn: 0 };
  const show = paced(CROWD_MS, () => {
    const { most, undrawn } = told;
    place.hidden = most <= 1 && !undrawn;
    place.textContent = [
      most > 1 ? `1 dot = up to ${most} messages: the number on a dot says how many it carries.` : '',
      undrawn ? `${undrawn} message${undrawn === 1 ? '' : 's'} went along arrows that this design no longer has; the log shows them.` : '',
    ].filter(Boolean).join(' ');
  });
  dots.addEventListener('crowd', ({ detail }) => {
    told = detail;
    show();
  });
}

/** How many dead letters there are, on the ledger's tab. */
export function deadLetters(counter, store) {
  store.addEventListener('stats', () => {
    const dead = Object.values(store.stats.queues).reduce((sum, q) => sum + q.dead, 0);
    counter.hidden = dead === 0;
    counter.textContent = dead;
    counter.setAttribute('aria-label', `${dead} dead letter${dead === 1 ? '' : 's'}`);
  });
}
