// The numbers of the charts as a table: newest first.

import { element } from '../../dom.js';
import { clockTime } from '../../state/clock_time.js';
import { charts } from './charts.js';

/** @typedef {import('./charts.js').Chart} Chart @typedef {import('../../state/metrics.js').Point} Point */

/** Redraws the table, or adds the newest second on top of it. */
export class Table {
  #place; #shape = ''; #newest = 0; #body = element('tbody');

  /** @param {HTMLElement} place */
  constructor(place) { this.#place = place; }

  /** @param {Point[]} points @param {number} edition  of the older points */
  draw(points, edition) {
    const all = charts(points);
    const shape = JSON.stringify([edition, all.map((c) => [c.unit, c.series.map(([name]) => name)])]);
    if (shape !== this.#shape) this.#build(all, shape);
    for (const point of points) if (point.at > this.#newest) this.#body.prepend(row(point, all));
    this.#newest = points.at(-1)?.at ?? 0;
    while (this.#body.rows.length > points.length) this.#body.lastChild?.remove();
  }

  /** @param {Chart[]} all @param {string} shape */
  #build(all, shape) {
    [this.#shape, this.#newest] = [shape, 0];
    this.#body = element('tbody');
    this.#place.replaceChildren(element('table', { class: 'ledger' },
      element('caption', { class: 'vh' }, 'The metrics of the last minutes, newest first'),
      element('thead', {},
        element('tr', {}, element('td'), ...all.filter((c) => c.series.length).map((c) => element('th', { scope: 'colgroup', colspan: c.series.length }, `${c.name}, ${c.unit}`))),
        element('tr', {}, element('th', { scope: 'col' }, 'At'), ...all.flatMap((c) => c.series.map(([name]) => element('th', { scope: 'col' }, name))))),
      this.#body));
  }
}

/** @param {Point} point @param {Chart[]} all */
function row(point, all) {
  const cells = all.flatMap(({ show, series }) => series.map(([, pick]) => {
    const value = pick(point);
    return element('td', {}, value === null || value === undefined ? '–' : show(value));
  }));
  return element('tr', {}, element('th', { scope: 'row' }, clockTime(point.at)), ...cells);
}
