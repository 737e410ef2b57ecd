// What the page says at once: connection, freeze, banner, caption, how many faults are on.

import { sentence } from '../state/plain.js';

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

export function freeze(button, store) {
  const words = button.querySelector('span');
  button.addEventListener('click', () => store.freeze(!store.frozen));
  store.addEventListener('frozen', ({ detail: held }) => {
    button.setAttribute('aria-pressed', store.frozen);
    button.querySelector('use').setAttribute('href', store.frozen ? '#i-play' : '#i-pause');
    words.textContent = !store.frozen ? 'Freeze' : held ? `Go on (${held} new)` : 'Go on';
  });
}

/** What is broken now: by an instructor for everybody, and by oneself. What is spent breaks nothing more. */
export function banner(place, store) {
  store.addEventListener('faults', () => {
    const { raging } = store;
    const forAll = raging.filter((f) => f.scope === 'class');
    const mine = raging.filter((f) => f.scope !== 'class');
    place.hidden = raging.length === 0;
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
    const began = store.began(record);
    time.textContent = began === null ? '' : `${Math.max(0, record.at - began).toFixed(2)} s`;
  });
}

/** How many faults are at large, on the button of their drawer. */
export function faultCount(counter, store) {
  store.addEventListener('faults', () => {
    counter.hidden = store.raging.length === 0;
    counter.textContent = store.raging.length;
  });
}
