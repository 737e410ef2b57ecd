// Where the time of the newest run went, as bars on one scale; and how deep the queues were in the last minute.

import { element, svg, throttled } from '../dom.js';
import { ms, title } from '../state/plain.js';
import { timeSpent } from '../state/time_spent.js';

const LOOK_EVERY_MS = 500;
const SECONDS = 60;
const [WIDTH, HEIGHT] = [72, 16]; // of a sparkline, in its own units

/** @param {HTMLElement} place @param {import('../state/store.js').Store} store */
export function timeSpentPanel(place, store) {
  /** @type {Object<string, number>[]} */
  const depths = []; // messages that wait, by service, a second each
  const show = throttled(LOOK_EVERY_MS, () => draw(place, timeSpent(store.state.log), depths));
  store.addEventListener('records', show);
  store.addEventListener('seek', show);
  store.addEventListener('stats', () => {
    const queues = store.newest.stats?.queues ?? {};
    depths.push(Object.fromEntries(Object.entries(queues).map(([service, { ready, unacked, delayed }]) => [service, ready + unacked + delayed])));
    depths.splice(0, depths.length - SECONDS);
    show();
  });
  show();
}

/** @param {HTMLElement} place @param {ReturnType<typeof timeSpent>} spent @param {Object<string, number>[]} depths */
function draw(place, { waited, texted }, depths) {
  const longest = Math.max(1, waited?.ms ?? 0, ...texted.map(({ waited_ms, worked_ms }) => waited_ms + worked_ms));
  const rows = [
    ...(waited ? [row('Customer', waited.parts.map(({ name, ms: part }, n) => ({ words: name ? title(name) : 'gateway itself', part, look: n ? `call-${n % 2}` : 'own' })), longest, waited.times)] : []),
    ...texted.map(({ service, waited_ms, worked_ms, times }) => row(title(service), [
      { words: 'in the queue', part: waited_ms, look: 'queue' }, { words: 'at work', part: worked_ms, look: 'work' },
    ], longest, times, spark(depths.map((second) => second[service] ?? 0)))),
  ];
  place.querySelector('.empty')?.toggleAttribute('hidden', rows.length > 0);
  place.querySelector('ul')?.replaceChildren(...rows);
}

/** @param {string} name @param {{words: string, part: number, look: string}[]} parts @param {number} longest @param {number} times @param {Element|null} [sparkline] */
function row(name, parts, longest, times, sparkline = null) {
  const bar = element('span', { class: 'bar', 'aria-hidden': 'true' }, ...parts.map(({ part, look }) => {
    const piece = element('i', { class: look });
    piece.style.width = `${(100 * part) / longest}%`;
    return piece;
  }));
  const said = parts.filter(({ part }) => part >= 0.5).map(({ words, part }) => `${words} ${ms(part)}`).join(', ');
  return element('li', {}, element('b', {}, name), sparkline, bar, element('small', {}, `${said}${times > 1 ? ` (the middle one of ${times})` : ''}`));
}

/** @param {number[]} values  newest last */
function spark(values) {
  const most = Math.max(...values, 0);
  if (!most) return null;
  const points = values.map((value, n) => `${((n + SECONDS - values.length) * WIDTH) / (SECONDS - 1)},${HEIGHT - 1 - (value * (HEIGHT - 2)) / most}`).join(' ');
  return svg('svg', { class: 'spark', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': `its queue in the last minute: at most ${most}` }, svg('polyline', { points }));
}
