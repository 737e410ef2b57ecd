// The groups that move, those that rest until they are used again, and which dots share one.

import { DotGroup } from './dot_group.js';
import { EdgePath } from './edge_path.js';

// With this many groups moving, alike dots that depart within this many milliseconds share one.
const CROWDS = [[24, 420], [10, 210]];
export const LABELLED = 10; // up to this many groups show true times

/**
 * @typedef {import('../state/types.js').Rec} Rec
 * @typedef {import('./dot_group.js').TimedDot} TimedDot
 */

export class DotGroups {
  /** @type {HTMLElement|null} */
  #layer = null;
  /** @type {Map<string, {path: SVGPathElement, edge: EdgePath}>} */
  #lanes = new Map(); // by edge
  /** @type {Set<DotGroup>} */
  #moving = new Set();
  /** @type {Map<string, DotGroup[]>} */
  #resting = new Map(); // by form
  /** @type {Map<string, DotGroup>} */
  #newest = new Map(); // by key: the one that departed last
  /** @type {Set<DotGroup>} */
  #grown = new Set(); // since their counts were shown
  #how;

  /** @param {{press: (records: Rec[]) => void, finished: (group: DotGroup) => void, began: (record: Rec) => number|null}} how */
  constructor(how) { this.#how = how; }

  /** All that are on their way. */
  get dots() { return [...this.#moving].flatMap(({ dots }) => dots); }

  get size() { return this.#moving.size; }

  /** The number of dots on the fullest one. */
  get most() {
    let most = 1;
    for (const { dots } of this.#moving) most = Math.max(most, dots.length);
    return most;
  }

  /** A new drawing. @param {HTMLElement} layer @param {Map<string, SVGPathElement>} paths  by edge */
  place(layer, paths) {
    this.clear();
    this.#resting.clear();
    this.#layer = layer;
    this.#lanes = new Map([...paths].map(([edge, path]) => [edge, { path, edge: new EdgePath(path) }]));
  }

  /** @param {string} edge */
  has(edge) { return this.#lanes.has(edge); }

  /** @param {string} edge */
  pathOf(edge) { return this.#lanes.get(edge)?.path; }

  /** Send it off, alone or with the one before it. @param {TimedDot} dot @param {number} now */
  depart(dot, now) {
    const { record, arrow, look, departs, arrives } = dot;
    const key = `${arrow.edge} ${look} ${arrow.backwards}`;
    const before = this.#newest.get(key);
    if (before && now - before.since < this.#window()) {
      before.dots.push(dot);
      this.#grown.add(before);
      return;
    }
    const form = `${key} ${record.style}`;
    const group = this.#load(this.#resting.get(form)?.pop(), dot);
    if (this.size < LABELLED) group.label(record, this.#how.began(record));
    Object.assign(group, { key, form, since: now });
    this.#moving.add(group);
    this.#newest.set(key, group);
    group.move(Math.max(60, arrives - departs), () => this.#lanes.get(arrow.edge)?.edge.keyframes(arrow.backwards, look === 'lost') ?? [], () => {
      if (this.#newest.get(group.key) === group) this.#newest.delete(group.key); // no more dots join it
      this.#how.finished(group);
    });
  }

  /** On those that carry more dots now. */
  showCounts() {
    for (const group of this.#grown) group.showCount();
    this.#grown.clear();
  }

  /** Its dots have arrived. @param {DotGroup} group */
  rest(group) {
    group.element.remove();
    this.#moving.delete(group);
    const alike = this.#resting.get(group.form) ?? [];
    alike.push(group);
    this.#resting.set(group.form, alike);
  }

  /** A dot in the middle of its arrow, until the next change. @param {TimedDot} dot */
  stand(dot) {
    const lane = this.#lanes.get(dot.arrow.edge);
    if (!lane) return;
    const group = this.#load(undefined, dot);
    group.element.classList.add('standing');
    group.element.style.transform = lane.edge.middle;
    group.label(dot.record, this.#how.began(dot.record));
    this.#moving.add(group);
  }

  pause() { for (const group of this.#moving) group.pause(); }

  /** @param {number} held_ms  the pause */
  resume(held_ms) { for (const group of this.#moving) group.resume(held_ms); }

  clear() {
    for (const group of this.#moving) group.remove();
    for (const kept of [this.#moving, this.#newest, this.#grown]) kept.clear();
  }

  #window() { return CROWDS.find(([groups]) => this.size >= groups)?.[1] ?? 0; }

  /** @param {DotGroup|undefined} rested @param {TimedDot} dot */
  #load(rested, dot) {
    const group = rested ?? new DotGroup(dot, this.#how.press);
    group.load(dot);
    this.#layer?.append(group.element);
    return group;
  }
}
