// The dots that wait for their departure, and how many dots of a kind wait or move on each arrow.

import { lookOf } from '../state/travel.js';
import { Schedule } from './schedule.js';

/**
 * @typedef {import('../state/types.js').Rec} Rec @typedef {import('../state/travel.js').Arrow} Arrow
 * @typedef {import('./dot_group.js').TimedDot} TimedDot
 */

export class Departures {
  #schedule = new Schedule();
  /** @type {Set<TimedDot>} */
  #waiting = new Set();
  /** @type {Map<string, {waiting: number, moving: number}>} */
  #counts = new Map(); // by kind and edge

  /** In the order in which they were planned. @returns {TimedDot[]} */
  get waiting() { return [...this.#waiting]; }

  get size() { return this.#waiting.size; }

  /** @param {Rec} record @param {Arrow} arrow @param {number} now @param {number} ride  ms @returns {TimedDot} */
  plan(record, arrow, now, ride) {
    const dot = { record, arrow, look: lookOf(record), ...this.#schedule.add(record.trace ?? '', arrow, now, ride) };
    this.#waiting.add(dot);
    this.#count(dot, 1, 0);
    return dot;
  }

  /** @param {number} now */
  due(now) { return [...this.#waiting].filter(({ departs }) => departs <= now); }

  /** It does not wait any more. @param {TimedDot} dot @param {boolean} moves  else it has arrived at once */
  depart(dot, moves) {
    this.#waiting.delete(dot);
    this.#count(dot, -1, moves ? 1 : 0);
  }

  /** @param {TimedDot} dot */
  arrive(dot) { this.#count(dot, 0, -1); }

  /** On this arrow. @param {string} kind @param {string} edge */
  counts(kind, edge) { return this.#counts.get(`${kind} ${edge}`) ?? { waiting: 0, moving: 0 }; }

  /** Have the dots of this trace come to this node? @param {string} trace @param {string} node @param {number} now */
  hasReached(trace, node, now) { return this.#schedule.reached(trace, node) <= now; }

  /** The picture was frozen that long. @param {number} held_ms */
  postpone(held_ms) {
    this.#schedule.postpone(held_ms);
    for (const dot of this.#waiting) Object.assign(dot, { departs: dot.departs + held_ms, arrives: dot.arrives + held_ms });
  }

  clear() { for (const kept of [this.#schedule, this.#waiting, this.#counts]) kept.clear(); }

  /** @param {TimedDot} dot @param {number} waiting  how many more @param {number} moving  how many more */
  #count({ record: { kind }, arrow: { edge } }, waiting, moving) {
    const before = this.counts(kind, edge);
    this.#counts.set(`${kind} ${edge}`, { waiting: before.waiting + waiting, moving: before.moving + moving });
  }
}
