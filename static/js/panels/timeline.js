// The playback bar: which moment is shown, and how to get to another.

import { one, svg, throttled } from '../dom.js';
import { paced } from '../frames.js';
import { call } from '../live/api.js';
import { SPEEDS } from '../state/player.js';
import { sentence } from '../state/plain.js';
import { stopOf, STOPS } from '../state/stops.js';

const PAUSE_MS = 250;
const MARKS_MS = 1000;
const BUCKETS = 160; // at most so many marks: where several coincide, the most important one is drawn
const ORDER = Object.keys(STOPS);
const PAGE = 1000; // records a request

/** @param {HTMLElement} root @param {HTMLSelectElement} speed @param {import('../state/store.js').Store} store */
export function timeline(root, speed, store) {
  const find = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (one(root, `[data-time-${name}]`));
  const [mode, text, range, marks] = ['mode', 'text', 'range', 'marks'].map(find);
  let isDragged = false;
  let hasOlder = true;

  const does = {
    back: () => store.step(-1), forward: () => store.step(1), previous: () => store.stop(-1), next: () => store.stop(1),
    replay: () => store.replay(), live: () => store.live(),
  };
  for (const [name, act] of Object.entries(does)) find(name).addEventListener('click', act);
  /** @type {Object<string, () => unknown>} */
  const meanings = {
    ' ': () => store.freeze(!store.frozen), ',': does.back, '.': does.forward, '[': does.previous, ']': does.next,
    r: does.replay, l: does.live, '<': () => faster(-1), '>': () => faster(1),
  };
  speed.addEventListener('change', () => store.setSpeed(Number(speed.value)));
  range.addEventListener('input', () => { isDragged = true; jump(); });
  // At once: what is shown again sets the range to the playhead, and a later jump would go there.
  range.addEventListener('change', () => { store.seek(Number(range.value)); isDragged = false; show(); });
  const jump = throttled(30, () => store.seek(Number(range.value)));

  const show = paced(PAUSE_MS, () => {
    root.dataset.mode = store.mode;
    const { first, end } = store.history;
    range.min = String(first);
    range.max = String(end);
    if (!isDragged) range.value = String(store.playhead);
    range.setAttribute('aria-valuetext', `${words()} Record ${store.playhead - first} of ${end - first}.`);
    const word = { live: 'Live', frozen: 'Frozen', replay: 'Replay' }[store.mode];
    if (mode.textContent !== word) mode.textContent = word; // it is announced
    text.textContent = words();
    find('back').disabled = find('previous').disabled = store.playhead <= first;
    find('forward').disabled = find('next').disabled = !store.held;
    find('live').hidden = store.mode === 'live';
  });
  const drawMarks = paced(MARKS_MS, () => marks.replaceChildren(...buckets(store.history)));
  store.addEventListener('time', () => { show(); drawMarks(); });
  store.addEventListener('frozen', () => { if (store.mode !== 'live') fetchOlder(); });
  show();
  drawMarks();
  if (store.mode !== 'live') fetchOlder();

  function words() {
    if (store.mode === 'live') return 'as it happens';
    const waiting = store.held ? `${store.held} new record${store.held === 1 ? '' : 's'}; the company works on.` : 'nothing new; the company works on.';
    if (store.mode === 'replay') return `${store.speed}× from the records, ${store.held} to go.`;
    const last = store.history.at(store.playhead - 1);
    return `${waiting}${last && stopOf(last) ? ` Here: ${sentence(last)}` : ''}`;
  }

  /** @param {number} by */
  function faster(by) {
    const next = SPEEDS[SPEEDS.indexOf(store.speed) + by];
    if (next === undefined) return;
    speed.value = String(next);
    store.setSpeed(next);
  }

  /** Records from before this page was open, requested when the user first looks back. */
  async function fetchOlder() {
    if (!hasOlder) return;
    hasOlder = false;
    const oldest = store.history.at(store.history.first)?.id;
    /** @type {import('../state/types.js').Rec[]} */
    let older = [];
    for (let after = '0-0'; ;) {
      const { status, data } = await call('GET', `/api/playground/records?after=${after}&limit=${PAGE}`);
      if (status !== 200) { hasOlder = true; break; } // tried again the next time
      older = older.concat(data.records);
      if (data.records.length < PAGE || older.some((r) => r.id === oldest)) break;
      after = data.cursor;
    }
    store.takeOlder(older);
  }

  return { press: (/** @type {string} */ key) => meanings[key]() };
}

/** Marks at the records worth stopping at. @param {import('../state/history.js').History} history */
function buckets(history) {
  const { first, end } = history;
  /** @type {Map<number, keyof typeof STOPS>} */
  const gravest = new Map();
  for (let n = first; n < end; n += 1) {
    const record = history.at(n);
    const kind = record && stopOf(record);
    if (!kind) continue;
    const place = Math.floor(((n + 1 - first) / (end - first)) * (BUCKETS - 1));
    if (ORDER.indexOf(kind) > ORDER.indexOf(gravest.get(place) ?? '')) gravest.set(place, kind);
  }
  return [...gravest].map(([place, kind]) => svg('rect', { class: `mark-${kind}`, x: (place / (BUCKETS - 1)) * 1000 - 2, y: 0, width: 4, height: 10 }));
}
