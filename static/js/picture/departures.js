// What the picture has yet to show: dots that wait for their departure, and records that have not happened in it.

import { lookOf } from '../state/travel.js';
import { Moment } from '../state/moment.js';
import { Schedule } from './schedule.js';

/**
 * @typedef {import('../state/types.js').Rec} Rec @typedef {import('../state/travel.js').Arrow} Arrow
 * @typedef {import('./dot_group.js').TimedDot} TimedDot
 */

export class Departures {
  moment = new Moment();
  #schedule = new Schedule();
  /** @type {Set<TimedDot>} */
  #waiting = new Set();

  /** In the order in which they were planned. @returns {TimedDot[]} */
  get waiting() { return [...this.#waiting]; }

  get size() { return this.#waiting.size; }

  /** @param {Rec} record @param {Arrow|null} arrow  null: it has no dot @param {number} now @param {number} ride  ms @returns {TimedDot|null} */
  plan(record, arrow, now, ride) {
    const times = this.#schedule.add(record, arrow, now, ride);
    this.moment.take(record, times.happens, now);
    if (!arrow) return null;
    const dot = { record, arrow, look: lookOf(record), ...times };
    this.#waiting.add(dot);
    return dot;
  }

  /** @param {number} now */
  due(now) { return [...this.#waiting].filter(({ departs }) => departs <= now); }

  /** It does not wait any more. @param {TimedDot} dot */
  depart(dot) { this.#waiting.delete(dot); }

  /** Have the dots of this trace come to this node? @param {string} trace @param {string} node @param {number} now */
  hasReached(trace, node, now) { return this.#schedule.reached(trace, node) <= now; }

  /** The picture was frozen that long. @param {number} held_ms */
  postpone(held_ms) {
    for (const kept of [this.#schedule, this.moment]) kept.postpone(held_ms);
    for (const dot of this.#waiting) Object.assign(dot, { departs: dot.departs + held_ms, arrives: dot.arrives + held_ms });
  }

  clear() { for (const kept of [this.#schedule, this.#waiting, this.moment]) kept.clear(); }
}
