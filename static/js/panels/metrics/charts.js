// The metrics of the last minutes as lines. Each series has its own dash and name, not only its own colour.

import { element, svg } from '../../dom.js';
import { clockTime } from '../../state/clock_time.js';
import { columns, subscribers } from '../../state/metrics.js';
import { ms, title } from '../../state/plain.js';

const STROKES = ['--ok', '--failed', '--ink', '--retry-edge', '--waiting', '--soft'];
const DASHES = [[], [7, 4], [2, 3], [10, 3, 2, 3], [4, 2], [12, 5], [1, 5], [8, 2, 2, 2, 2, 2]];
const HEIGHT = 132;
/** @param {number} value */
const per_s = (value) => value.toFixed(1);
/** @param {number} value */
const whole = (value) => String(Math.round(value));

/**
 * @typedef {import('../../state/metrics.js').Point} Point
 * @typedef {[string, (point: Point) => number|null|undefined]} Series  its name, and its value at a point
 * @typedef {{name: string, unit: string, show: (value: number) => string, series: Series[]}} Chart
 * @typedef {InstanceType<typeof import('../../../vendor/uplot/uPlot.esm.js').default>} Plot @typedef {(name: string) => string} Colours
 */

/** All charts. @param {Point[]} points @returns {Chart[]} */
export function charts(points) {
  const bound = points.at(-1)?.slots?.of;
  return [
    { name: 'Waiting in each queue', unit: 'messages', show: whole, series: subscribers(points).map((s) => [title(s), (p) => p.waiting[s]]) },
    { name: 'Throughput and errors', unit: 'a second', show: per_s, series: [['messages done', (p) => p.throughput_per_s], ['hops failed', (p) => p.errors_per_s]] },
    { name: 'Answer time', unit: 'last minute', show: ms, series: [['p50', (p) => p.answer_ms?.p50], ['p95', (p) => p.answer_ms?.p95]] },
    { name: 'Completion time', unit: 'last minute', show: ms, series: [['p50', (p) => p.completion_ms?.p50], ['p95', (p) => p.completion_ms?.p95]] },
    { name: 'Request slots', unit: bound ? `of ${bound}` : 'no bound', show: whole, series: [['taken', (p) => p.slots?.taken], ['waited for', (p) => p.slots?.waiting]] },
  ];
}

export class Charts {
  #place; #uPlot;
  /** @type {{plot: Plot, area: HTMLElement, values: HTMLElement[]}[]} */
  #drawn = [];
  #shape = '';

  /** @param {HTMLElement} place @param {new (options: object, data: unknown[], place: HTMLElement) => Plot} uPlot */
  constructor(place, uPlot) {
    this.#place = place;
    this.#uPlot = uPlot;
    new ResizeObserver(() => this.#fit()).observe(place);
    new MutationObserver(() => this.#forget()).observe(document.documentElement, { attributeFilter: ['data-theme'] });
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#forget());
  }

  /** @param {Point[]} points */
  draw(points) {
    const last = points.at(-1);
    const all = charts(points);
    const shape = JSON.stringify(all.map((c) => [c.unit, c.series.map(([name]) => name)]));
    if (shape !== this.#shape) this.#build(all, shape);
    this.#drawn.forEach(({ plot, values }, i) => {
      const { series, show } = all[i];
      const data = columns(points, series.map(([, pick]) => pick));
      plot.setData(data);
      series.forEach(([, pick], n) => {
        const value = last ? pick(last) : null;
        values[n].textContent = value === null || value === undefined ? 'nothing yet' : show(value);
      });
    });
  }

  #forget() { this.#shape = ''; }

  /** @param {Chart[]} all @param {string} shape */
  #build(all, shape) {
    this.#shape = shape;
    for (const { plot } of this.#drawn) plot.destroy();
    const colour = colours(this.#place);
    this.#drawn = [];
    this.#place.replaceChildren();
    for (const chart of all) this.#drawn.push(this.#one(chart, colour));
  }

  /** @param {Chart} chart @param {Colours} colour */
  #one({ name, unit, show, series }, colour) {
    const values = series.map(() => element('b', {}));
    const legend = element('ul', { class: 'key' }, ...series.map(([words], i) => element('li', {}, sample(i, colour), `${words} `, values[i])));
    const area = element('div', { class: 'plot', 'aria-hidden': 'true' });
    this.#place.append(element('section', {}, element('h3', {}, `${name} `, element('span', {}, unit)), legend, area));
    const axis = { stroke: colour('--soft'), grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false }, font: '12px Inter, system-ui' };
    const plot = new this.#uPlot({
      width: Math.max(120, area.clientWidth), height: HEIGHT, legend: { show: false }, cursor: { show: false }, pxAlign: false,
      scales: { x: { time: true }, y: { range: (/** @type {unknown} */ _, /** @type {number} */ low, /** @type {number|null} */ high) => [0, Math.max(high ?? 0, 1) * 1.1] } },
      axes: [{ ...axis, size: 26, space: 70, values: (/** @type {unknown} */ _, /** @type {number[]} */ at) => at.map(clockTime) },
        { ...axis, size: 58, space: 34, values: (/** @type {unknown} */ _, /** @type {number[]} */ ticks) => ticks.map((value) => (show === ms ? ms(value) : String(value))) }],
      series: [{}, ...series.map((_, i) => ({ stroke: strokeOf(i, colour), width: 2, dash: dashOf(i), spanGaps: false, points: { show: false } }))],
    }, [[], ...series.map(() => [])], area);
    return { plot, area, values };
  }

  #fit() {
    for (const { plot, area } of this.#drawn) if (area.clientWidth) plot.setSize({ width: area.clientWidth, height: HEIGHT });
  }
}

/** @param {number} i */
const dashOf = (i) => DASHES[i % DASHES.length];
/** @param {number} i @param {Colours} colour */
const strokeOf = (i, colour) => colour(STROKES[i % STROKES.length]);

/** A piece of the line, for the legend. @param {number} i @param {Colours} colour */
function sample(i, colour) {
  return svg('svg', { viewBox: '0 0 30 8', class: 'sample', 'aria-hidden': 'true' },
    svg('path', { d: 'M0 4h30', stroke: strokeOf(i, colour), 'stroke-width': 2.5, 'stroke-dasharray': dashOf(i).join(' ') || 'none' }));
}

/** Colours as a canvas needs them: the values that light-dark() resolves to. @param {HTMLElement} place @returns {Colours} */
function colours(place) {
  const probe = element('span', { hidden: true });
  place.append(probe);
  const found = Object.fromEntries([...STROKES, '--line'].map((name) => {
    probe.style.color = `var(${name})`;
    return [name, getComputedStyle(probe).color];
  }));
  probe.remove();
  return (name) => found[name];
}
