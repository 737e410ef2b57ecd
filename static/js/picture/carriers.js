// The carriers that move, those that rest until they are used again, and which dots share one.

import { Carrier } from './carrier.js';
import { EdgePath } from './edge_path.js';

// With this many carriers moving, alike dots that depart within this many milliseconds share one.
const CROWDS = [[24, 420], [10, 210]];
export const LABELLED = 10; // up to this many carriers show true times

/**
 * @typedef {import('../state/types.js').Rec} Rec
 * @typedef {import('./carrier.js').TimedDot} TimedDot
 */

export class Carriers {
  /** @type {HTMLElement|null} */
  #layer = null;
  /** @type {Map<string, {path: SVGPathElement, edge: EdgePath}>} */
  #lanes = new Map(); // by edge
  /** @type {Set<Carrier>} */
  #moving = new Set();
  /** @type {Map<string, Carrier[]>} */
  #resting = new Map(); // by form
  /** @type {Map<string, Carrier>} */
  #newest = new Map(); // by key: the one that departed last
  /** @type {Set<Carrier>} */
  #grown = new Set(); // since their counts were shown
  #how;

  /** @param {{press: (records: Rec[]) => void, finished: (carrier: Carrier) => void, began: (record: Rec) => number|null}} how */
  constructor(how) { this.#how = how; }

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
    const carrier = this.#load(this.#resting.get(form)?.pop(), dot);
    if (this.size < LABELLED) carrier.label(record, this.#how.began(record));
    Object.assign(carrier, { key, form, since: now });
    this.#moving.add(carrier);
    this.#newest.set(key, carrier);
    carrier.move(Math.max(60, arrives - departs), () => this.#lanes.get(arrow.edge)?.edge.keyframes(arrow.backwards, look === 'lost') ?? [], () => {
      if (this.#newest.get(carrier.key) === carrier) this.#newest.delete(carrier.key); // no more dots join it
      this.#how.finished(carrier);
    });
  }

  /** On those that carry more dots now. */
  showCounts() {
    for (const carrier of this.#grown) carrier.showCount();
    this.#grown.clear();
  }

  /** Its dots have arrived. @param {Carrier} carrier */
  rest(carrier) {
    carrier.element.remove();
    this.#moving.delete(carrier);
    const alike = this.#resting.get(carrier.form) ?? [];
    alike.push(carrier);
    this.#resting.set(carrier.form, alike);
  }

  /** A dot in the middle of its arrow, until the next change. @param {TimedDot} dot */
  stand(dot) {
    const lane = this.#lanes.get(dot.arrow.edge);
    if (!lane) return;
    const carrier = this.#load(undefined, dot);
    carrier.element.classList.add('standing');
    carrier.element.style.transform = lane.edge.middle;
    carrier.label(dot.record, this.#how.began(dot.record));
    this.#moving.add(carrier);
  }

  pause() { for (const carrier of this.#moving) carrier.pause(); }

  /** @param {number} held_ms  the pause */
  resume(held_ms) { for (const carrier of this.#moving) carrier.resume(held_ms); }

  clear() {
    for (const carrier of this.#moving) carrier.remove();
    for (const kept of [this.#moving, this.#newest, this.#grown]) kept.clear();
  }

  #window() { return CROWDS.find(([carriers]) => this.size >= carriers)?.[1] ?? 0; }

  /** @param {Carrier|undefined} rested @param {TimedDot} dot */
  #load(rested, dot) {
    const carrier = rested ?? new Carrier(dot, this.#how.press);
    carrier.load(dot);
    this.#layer?.append(carrier.element);
    return carrier;
  }
}
