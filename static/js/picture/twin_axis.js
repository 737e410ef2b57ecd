// Both sides of a twin on one axis of time. All bars are measured times.

import { element, svg } from '../dom.js';
import { title } from '../state/plain.js';
import { clock, customer, endOf, progress, rows, services, summary, tickWords, ticks, isOver } from '../state/twin.js';

const LANE = 15;
/** @type {('a'|'b')[]} */
const SIDES = ['a', 'b'];
const HEAD = 30;
const CUSTOMERS = 130; // px that all customers of a side share
/** @typedef {import('../state/twin.js').Twin} Twin @typedef {{x: (at: number) => number, y: number, end: number}} Axis */

/** @type {[string, string][]} */
const LEGEND = [
  ['waits', 'the customer waits'], ['answer', 'has the answer'], ['failed', 'sees an error'],
  ['after', 'work goes on after'], ['open', 'not finished'], ['call', 'work by call'], ['text', 'work by text'], ['killed', 'failed or killed work'],
];

/** Draws a twin into a place, as often as it changes. */
export class TwinDrawing {
  #says = element('span', { role: 'status' });
  #clock = element('span', { class: 'twin-clock', 'aria-hidden': 'true' });
  #bar = element('progress', { max: 1, value: 0, 'aria-label': 'How far the twin is' });
  #figure = element('div', { class: 'twin-figure' });
  #legend = element('ul', { class: 'twin-legend', 'aria-label': 'What the shapes mean' }, ...LEGEND.map(legendLine));
  #cut = element('p', { class: 'hint', hidden: true });
  #table = element('table', { class: 'twin-table' });
  /** @type {Twin|null} */
  #shown = null;

  /** @param {HTMLElement} place */
  constructor(place) {
    const scroll = element('div', { class: 'scroll' }, this.#table);
    place.replaceChildren(element('p', { class: 'twin-says' }, this.#says, this.#clock), this.#bar, this.#figure, this.#legend, this.#cut, scroll);
    new ResizeObserver(() => { if (this.#shown) this.#draw(this.#shown); }).observe(this.#figure);
  }

  /** @param {Twin} twin */
  show(twin) {
    this.#shown = twin;
    const words = progress(twin);
    if (this.#says.textContent !== words) this.#says.textContent = words;
    this.#clock.textContent = clock(twin);
    this.#bar.hidden = isOver(twin);
    if (twin.state === 'settling') this.#bar.removeAttribute('value');
    else this.#bar.value = Math.min(1, twin.elapsed_ms / Math.max(1, twin.length_ms));
    this.#draw(twin);
    this.#tabulate(twin);
  }

  /** @param {Twin} twin */
  #draw(twin) {
    const width = Math.max(280, this.#figure.clientWidth);
    const made = drawing(twin, width);
    this.#figure.replaceChildren(made);
    const cut = Object.values(twin.sides).reduce((sum, { outcome }) => sum + (outcome?.spans_cut ?? 0), 0);
    this.#cut.hidden = cut === 0;
    this.#cut.textContent = `${cut} more pieces of work are counted but not drawn.`;
  }

  /** @param {Twin} twin */
  #tabulate(twin) {
    const lines = rows(twin);
    const head = ['', twin.sides.a.title, twin.sides.b.title, 'the difference'];
    this.#table.replaceChildren(
      element('thead', {}, element('tr', {}, ...head.map((words) => (words ? element('th', { scope: 'col' }, words) : element('td', {}))))),
      element('tbody', {}, ...lines.map((row) => element('tr', {}, element('th', { scope: 'row' }, row.name),
        ...SIDES.map((side) => element('td', { class: row.bad.includes(side) ? 'bad' : '' }, row[side])), element('td', {}, row.says)))));
  }
}

/** @param {[string, string]} line */
function legendLine([look, words]) {
  /** @type {Object<string, () => SVGElement>} */
  const samples = { failed: () => cross(12, 6, 4), killed: () => cross(12, 6, 4), open: () => svg('path', { class: 'open', d: 'M1 6h22' }) };
  const sample = samples[look];
  const mark = sample ? sample() : svg('rect', { class: look, x: look === 'answer' ? 9 : 1, y: 2, width: look === 'answer' ? 5 : 22, height: 8 });
  return element('li', {}, svg('svg', { class: 'twin-mark', viewBox: '0 0 24 12', 'aria-hidden': 'true' }, look === 'killed' ? svg('rect', { class: 'text', x: 1, y: 2, width: 22, height: 8 }) : '', mark), words);
}

/** @param {Twin} twin @param {number} width */
function drawing(twin, width) {
  const left = width < 560 ? 98 : 112;
  const end = endOf(twin);
  const x = (/** @type {number} */ at) => left + (at / end) * (width - left - 14);
  /** @type {SVGElement[]} */
  const parts = [];
  let y = 0;
  for (const name of SIDES) {
    const side = twin.sides[name];
    parts.push(svg('text', { class: 'side', x: 0, y: y + 19 }, side.title));
    y += HEAD;
    if (side.outcome) y = drawSide(parts, side.outcome, { x, y, end });
    y += 10;
  }
  const grid = ticks(end, width < 560 ? 4 : 9).flatMap((at) => [
    svg('path', { class: 'grid', d: `M${x(at)} ${HEAD - 6}V${y}` }),
    svg('text', { class: 'tick', x: x(at), y: y + 15, 'text-anchor': 'middle' }, tickWords(at)),
  ]);
  const words = summary(twin) || 'Nothing has been measured yet.';
  return svg('svg', { class: 'twin-axis', role: 'img', viewBox: `0 0 ${width} ${y + 22}`, width, height: y + 22, 'aria-label': `Both sides on one axis of time. ${words}` }, ...grid, ...parts);
}

/** @param {SVGElement[]} parts @param {import('../state/twin.js').Outcome} outcome @param {Axis} axis @returns {number} where it ends */
function drawSide(parts, outcome, { x, y, end }) {
  const { actions } = outcome;
  const step = Math.min(16, CUSTOMERS / Math.max(1, actions.length));
  const words = actions.length === 1 ? 'customer' : `${actions.length} customers`;
  parts.push(svg('text', { class: 'lane', x: 0, y: y + Math.min(13, Math.max(11, (step * actions.length) / 2 + 4)) }, words));
  actions.forEach((action, n) => drawCustomer(parts, customer(action, end), { x, y: y + n * step, height: Math.max(1, step * 0.72), end }));
  y += Math.max(18, actions.length * step + 6);
  for (const { service, work } of services(outcome.spans, end)) {
    parts.push(svg('text', { class: 'lane', x: 0, y: y + 11 }, title(service)));
    for (const piece of work) drawWork(parts, piece, { x, y });
    y += LANE;
  }
  return y;
}

/** @param {SVGElement[]} parts @param {import('../state/twin.js').Customer} seen @param {Axis & {height: number}} axis */
function drawCustomer(parts, seen, { x, y, height, end }) {
  const box = (/** @type {string} */ look, /** @type {number} */ from, /** @type {number} */ to) => svg('rect', { class: look, x: x(from), y, width: Math.max(1, x(to) - x(from)), height });
  parts.push(box('waits', seen.from, seen.to));
  if (seen.until !== null) parts.push(box('after', seen.to, seen.until));
  if (seen.isOpen) parts.push(svg('path', { class: 'open', d: `M${x(seen.to)} ${y + height / 2}H${x(end)}` }));
  if (seen.look === 'answer') parts.push(svg('rect', { class: 'answer', x: x(seen.to) - 2, y: y - 1, width: 5, height: height + 2 }));
  if (seen.look === 'failed') parts.push(cross(x(seen.to), y + height / 2, Math.max(2, Math.min(4, height / 2))));
}

/** @param {SVGElement[]} parts @param {import('../state/twin.js').Work} piece @param {Omit<Axis, 'end'>} axis */
function drawWork(parts, piece, { x, y }) {
  const isGood = ['ok', 'duplicate', 'running'].includes(piece.status);
  const wide = Math.max(1.5, x(piece.to) - x(piece.from));
  const words = `${title(piece.service)}, by ${piece.style}: ${piece.status}, ${Math.round(piece.to - piece.from)} ms`;
  parts.push(svg('rect', { class: piece.style, x: x(piece.from), y: y + 2, width: wide, height: LANE - 5, rx: 1.5 }, svg('title', {}, words)));
  if (!isGood) parts.push(cross(x(piece.from) + wide, y + LANE / 2, 3.5));
}

/** @param {number} x @param {number} y @param {number} size */
function cross(x, y, size) {
  return svg('path', { class: 'failed', d: `M${x - size} ${y - size}l${2 * size} ${2 * size}m0 ${-2 * size}l${-2 * size} ${2 * size}` });
}
