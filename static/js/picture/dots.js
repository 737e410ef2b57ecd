// Which dot departs and arrives when: one dot per message on its way along an arrow of the picture. And which
// records have happened in it.

import { eachFrame } from '../frames.js';
import { compareCursors } from '../state/cursor.js';
import { arrowOf, lookOf, nodeOf, travels } from '../state/travel.js';
import { DotGroups, LABELLED } from './dot_groups.js';
import { Departures } from './departures.js';
import { RIDE_MS } from './schedule.js';

const BEAT_MS = 80; // in a crowd dots depart, join and arrive together, so that most frames need no script
const LIT_MS = 700;
const DRAWN_WITHIN_MS = 5000; // if the awaited drawing has not come by then, it is not waited for

/**
 * @typedef {import('../state/types.js').Rec} Rec
 * @typedef {import('../state/shown_state.js').Dot} Dot
 * @typedef {import('./dot_group.js').TimedDot} TimedDot
 */

/**
 * Events, at most one of each per frame: `depart` (Dot[]), `pass` (records that have happened), `crowd` ({most, undrawn}: messages
 * on the fullest dot; messages that have no arrow in this picture); and `press` (records of the pressed dot).
 */
export class Dots extends EventTarget {
  speed = 1;
  /** When the run of a record began, in unix seconds. @type {(record: Rec) => number|null} */
  began = () => null;
  #departures = new Departures();
  #groups = new DotGroups({
    press: (records) => this.#tell('press', records),
    finished: (group) => { this.#finished.push(group); eachFrame(this.#turn); },
    began: (record) => this.began(record),
  });
  /** @type {Dot[]} */
  #departed = []; // since the last frame
  /** @type {import('./dot_group.js').DotGroup[]} */
  #finished = []; // groups that have arrived since the last frame
  #beat = 0; // the last turn
  /** @type {number|null} */
  #frozenAt = null;
  #undrawn = 0;
  /** @type {Set<string>} */
  #hidden = new Set();
  /** @type {Rec[]|null} */
  #held = null; // until the awaited drawing is there; null: none is awaited
  /** @type {ReturnType<typeof setTimeout>|0} */
  #patience = 0;
  #crowd = '';
  #reducedMotion = matchMedia('(prefers-reduced-motion: reduce)'); // arrows light up instead

  /** How many records that are known have not happened in the picture. */
  get left() { return this.#departures.moment.left + (this.#held?.length ?? 0); }

  /** The moment that the picture shows, in unix seconds; null where it shows the present. */
  get at() { return this.#departures.moment.at(this.#now) ?? this.#held?.[0]?.at ?? null; }

  /** The records of whose departure nobody has heard. */
  get waiting() { return [...[...this.#departed, ...this.#departures.waiting].map(({ record }) => record), ...this.#held?.filter(travels) ?? []]; }

  /** Milliseconds; they stand still with the picture. */
  get #now() { return this.#frozenAt ?? performance.now(); }

  /** A new drawing. Dots that move have arrived, and those that wait go on in it. @param {HTMLElement} layer @param {Map<string, SVGPathElement>} paths  by edge @param {Set<string>} hidden  edges that are folded away */
  place(layer, paths, hidden) {
    this.#hidden = hidden;
    const isFrozen = this.#frozenAt !== null;
    const [{ moment }, held, now] = [this.#departures, this.#held, this.#now];
    for (const dot of this.#departures.due(now)) this.#departed.push(dot);
    if (this.#departed.length) this.#tell('depart', this.#departed.splice(0));
    const waiting = new Set(this.#departures.waiting.filter(({ departs }) => departs > now).map(({ record }) => record));
    const left = moment.records;
    this.clear();
    this.#groups.place(layer, paths);
    if (isFrozen) this.freeze(true);
    for (const record of left) this.#plan(record, this.#now, !waiting.has(record));
    this.send(held ?? []);
  }

  /** The design has changed, and will be drawn anew: what comes now is shown in that drawing, once `place` has it. */
  awaitDrawing() {
    this.#held ??= [];
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => this.drawingIsThere(), DRAWN_WITHIN_MS);
  }

  /** No new drawing comes after all. */
  drawingIsThere() {
    const held = this.#held ?? [];
    this.#stopWaiting();
    this.send(held);
  }

  #stopWaiting() {
    clearTimeout(this.#patience);
    this.#held = null;
  }

  /** Show these records, those that move as dots. @param {Rec[]} records @param {boolean} [past]  they happened before this page was open, and get no dots */
  send(records, past = false) {
    if (this.#held && !past) return void this.#held.push(...records);
    const now = this.#now;
    for (const record of records) this.#plan(record, now, past);
    this.#groups.showCounts();
    eachFrame(this.#turn);
  }

  /** @param {boolean} frozen */
  freeze(frozen) {
    if (frozen === (this.#frozenAt !== null)) return;
    if (this.#frozenAt === null) {
      this.#frozenAt = performance.now();
      this.#groups.pause();
      return;
    }
    const held_ms = performance.now() - this.#frozenAt;
    this.#frozenAt = null;
    this.#departures.postpone(held_ms);
    this.#groups.resume(held_ms);
    eachFrame(this.#turn);
  }

  /** Remove all dots. */
  clear() {
    this.#groups.clear();
    this.#departures.clear();
    this.#departed = [];
    this.#finished = [];
    this.#undrawn = 0;
    this.#frozenAt = null;
    this.#stopWaiting();
    this.#tellCrowd();
  }

  /** Has every dot that was sent arrived, and every record happened? */
  get isStill() { return !this.left && !this.#departures.size && !this.#groups.size; }

  /** A dot that stands in the middle of its arrow: the last record shown. @param {Rec} record */
  stand(record) {
    const arrow = arrowOf(record);
    if (arrow) this.#groups.stand({ record, arrow, look: lookOf(record), departs: 0, arrives: 0 });
  }

  /** Have the dots of this record's trace come to where it happened, and has it happened in the picture? @param {Rec} record */
  hasReached(record) {
    const { trace = '', target } = record;
    const { moment } = this.#departures;
    const isThere = moment.next ? moment.has(record) : !this.#held?.some(({ id }) => compareCursors(id, record.id) <= 0);
    return isThere && this.#departures.hasReached(trace, nodeOf(target), this.#now);
  }

  /** @param {Rec} record @param {number} now @param {boolean} isStill  it gets no dot */
  #plan(record, now, isStill) {
    const arrow = isStill ? null : arrowOf(record);
    const isDrawn = arrow !== null && this.#groups.has(arrow.edge);
    const dot = this.#departures.plan(record, isDrawn ? arrow : null, now, RIDE_MS / this.speed);
    if (arrow && !isDrawn) {
      if (!this.#hidden.has(arrow.edge)) this.#undrawn += 1;
      this.#departed.push({ record, arrow });
    }
    if (dot && dot.departs <= now + 4 && !this.#isCrowd && this.#frozenAt === null) this.#depart(dot, now);
  }

  get #isCrowd() { return this.#groups.size >= LABELLED; }

  /** One frame: dots depart when they are due, and listeners hear what has happened. */
  #turn = () => {
    const now = performance.now();
    if (this.#isCrowd && now - this.#beat < BEAT_MS) return this.#frozenAt === null;
    this.#beat = now;
    if (this.#frozenAt === null) for (const dot of this.#departures.due(now)) this.#depart(dot, now);
    this.#groups.showCounts();
    for (const group of this.#finished.splice(0)) this.#groups.rest(group);
    const passed = this.#frozenAt === null ? this.#departures.moment.pass(now) : [];
    if (this.#departed.length) this.#tell('depart', this.#departed.splice(0));
    if (passed.length) this.#tell('pass', passed);
    this.#tellCrowd();
    return this.#frozenAt === null && !this.isStill;
  };

  /** @param {TimedDot} dot @param {number} now */
  #depart(dot, now) {
    const moves = !this.#reducedMotion.matches && !document.hidden;
    this.#departures.depart(dot);
    this.#departed.push(dot);
    if (moves) this.#groups.depart(dot, now);
    else this.#flash(dot);
  }

  /** @param {TimedDot} dot */
  #flash(dot) {
    const lit = ['lit', `lit-${dot.look}`];
    const path = this.#groups.pathOf(dot.arrow.edge);
    path?.classList.add(...lit);
    setTimeout(() => path?.classList.remove(...lit), LIT_MS);
  }

  #tellCrowd() {
    const { most } = this.#groups;
    const crowd = `${most} ${this.#undrawn}`;
    if (crowd === this.#crowd) return;
    this.#crowd = crowd;
    this.#tell('crowd', { most, undrawn: this.#undrawn });
  }

  /** @param {string} type @param {unknown} detail */
  #tell(type, detail) { this.dispatchEvent(new CustomEvent(type, { detail })); }
}
