// Status lines: connection, freeze button, banner, caption, number of faults.

import { detailOf, one } from '../dom.js';
import { activeFaults } from '../state/faults.js';
import { sentence } from '../state/plain.js';
import { isCustomersAnswer } from '../state/travel.js';

/**
 * @typedef {import('../state/store.js').Store} Store
 * @typedef {{state: string, via?: string, code?: number}} Link
 */

/** @type {Object<number, string>} */
const CLOSE_REASONS = { 4401: 'no playground: reload the page', 4403: 'this token opens no playground', 4400: 'page and server do not fit together: reload' };

/** Which side is away, in words. @param {Link} link */
function lost({ state, code = 0 }) {
  if (state === 'connecting') return 'Connecting';
  if (state === 'closed') return `Closed: ${CLOSE_REASONS[code] ?? code}`;
  if (!navigator.onLine) return 'Your network is away';
  return code === 4503 ? 'Redis is away; trying again' : 'The server is away; trying again';
}

/** @param {HTMLElement} place @param {Store} store @param {import('../live/socket.js').PlaygroundSocket} socket */
export function connection(place, store, socket) {
  const words = one(place, '[data-connection-text]');
  /** @type {Link} */
  let link = { state: 'connecting' };
  const show = () => {
    const worker = store.newest.stats?.worker;
    const isWorkerGone = link.state === 'live' && worker && !worker.alive;
    const text = link.state !== 'live' ? lost(link) : isWorkerGone ? 'Worker away: texts wait' : link.via === 'polling' ? 'Live (polling)' : 'Live';
    if (words.textContent !== text) words.textContent = text;
    place.dataset.state = isWorkerGone ? 'worker' : link.state;
  };
  socket.addEventListener('state', (event) => {
    const detail = detailOf(event);
    if (detail.state === 'connecting' && link.state === 'away') return; // one more try: still away
    link = detail;
    show();
  });
  store.addEventListener('stats', show);
  addEventListener('offline', show);
  addEventListener('online', show);
}

/** @param {HTMLElement} button @param {Store} store */
export function freeze(button, store) {
  const words = one(button, 'span');
  button.addEventListener('click', () => store.freeze(!store.frozen));
  store.addEventListener('frozen', () => {
    button.setAttribute('aria-pressed', String(store.frozen));
    one(button, 'use').setAttribute('href', store.frozen ? '#i-play' : '#i-pause');
    words.textContent = !store.frozen ? 'Freeze' : store.held ? `Go on (${store.held} new)` : 'Go on';
  });
}

/** The faults that are on now: the instructor's for the class, and one's own. @param {HTMLElement} place @param {Store} store */
export function banner(place, store) {
  store.addEventListener('faults', () => {
    const active = activeFaults(store.newest.faults);
    const forAll = active.filter((f) => f.scope === 'class');
    const mine = active.filter((f) => f.scope !== 'class');
    place.hidden = active.length === 0;
    place.dataset.scope = forAll.length ? 'class' : 'mine';
    const text = [
      forAll.length ? `For the whole class: ${forAll.map((f) => f.says).join(' ')}` : '',
      mine.length > 2 ? `You have switched on ${mine.length} faults. The key 0 repairs them.` : mine.map((f) => f.says).join(' '),
    ].filter(Boolean).join(' ');
    if (place.textContent !== text) place.textContent = text;
  });
}

/** The sentence under the picture. @param {HTMLElement} place @param {HTMLElement} time @param {EventTarget} picture @param {Store} store */
export function caption(place, time, picture, store) {
  picture.addEventListener('show', (event) => {
    /** @type {import('../state/types.js').Rec} */
    const record = detailOf(event);
    place.textContent = sentence(record);
    place.classList.toggle('is-answer', isCustomersAnswer(record) && record.status === 'ok');
    const began = store.began(record);
    time.textContent = began === null ? '' : `${Math.max(0, record.at - began).toFixed(2)} s`;
  });
}

/** The number of active faults, on the button of their drawer. @param {HTMLElement} counter @param {Store} store */
export function faultCount(counter, store) {
  store.addEventListener('faults', () => {
    const count = activeFaults(store.newest.faults).length;
    counter.hidden = count === 0;
    counter.textContent = String(count);
  });
}
