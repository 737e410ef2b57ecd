// When each record happens in the picture, and when its dot sets out and arrives. Pure.
//
// A hop takes milliseconds; a dot takes RIDE_MS, so that eyes can follow. So the picture is slower than
// the company. All records happen in it in the order of the log, whatever their trace: so what it
// shows was true at one moment, that of the last record that has happened (moment.js).

import { endOf, workKey } from '../state/shown_state.js';
import { nodeOf } from '../state/travel.js';

export const RIDE_MS = 420;
const WORK_SEEN_RIDES = 0.8; // work is shown for at least this long
const SHORTEST_RIDES = 0.5; // a dot that moves faster is not seen
// A picture that is further behind than this waits less for its dots, and from the second number on not at all:
// then those that are alike set out together (dot_groups.js).
const [BEHIND_RIDES, MOST_BEHIND_RIDES] = [13, 17];
const FORGET_MS = 15000;
const ARRIVALS = ['response', 'enqueue', 'retry'];

/**
 * @typedef {import('../state/types.js').Rec} Rec
 * @typedef {import('../state/travel.js').Arrow} Arrow
 * @typedef {{happens: number, departs: number, arrives: number}} Times  in milliseconds
 */

export class Schedule {
  /** @type {Map<string, number>} */
  #reached = new Map(); // by trace and node: when the last dot of the trace arrives there
  /** @type {Map<string, number>} */
  #worked = new Map(); // by service and message: until when its work is to be seen
  #last = 0; // when the last record happens
  #swept = 0;

  /**
   * A request or a delivery happens when its dot sets out; what arrives somewhere, when it is there.
   * @param {Rec} record @param {Arrow|null} arrow  null: it has no dot
   * @param {number} now  milliseconds  @param {number} ride  milliseconds
   * @returns {Times}
   */
  add(record, arrow, now, ride) {
    const { trace = '', kind } = record;
    const wait = ride * paceAt((this.#last - now) / ride);
    const shown = Math.max(ride * SHORTEST_RIDES, wait);
    const here = Math.max(now, this.#reached.get(`${trace} ${arrow?.from ?? nodeOf(record.target)}`) ?? 0, this.#workSeen(record));
    if (now - this.#swept > FORGET_MS) this.#sweep(now);
    const isArrival = Boolean(arrow) && ARRIVALS.includes(kind);
    const happens = this.#last = Math.max(this.#last, isArrival ? here + wait : here);
    if (!arrow) return { happens, departs: happens, arrives: happens };
    const there = isArrival ? happens : happens + wait;
    this.#reached.set(`${trace} ${arrow.to}`, Math.max(there, this.#reached.get(`${trace} ${arrow.to}`) ?? 0));
    if (kind === 'deliver' || kind === 'redeliver') this.#worked.set(workKey(record), there + WORK_SEEN_RIDES * wait);
    const departs = isArrival ? Math.max(now, happens - shown) : happens;
    return { happens, departs, arrives: Math.max(there, departs + shown) };
  }

  /** When the dots of this trace that move to this node have arrived. @param {string} trace @param {string} node */
  reached(trace, node) {
    return this.#reached.get(`${trace} ${node}`) ?? 0;
  }

  /** Everything is `ms` later: the picture was frozen that long. @param {number} ms */
  postpone(ms) {
    this.#last += ms;
    for (const kept of [this.#reached, this.#worked]) for (const [key, at] of kept) kept.set(key, at + ms);
  }

  clear() {
    this.#reached.clear();
    this.#worked.clear();
    this.#last = 0;
  }

  /** The end of work does not happen before the work was seen. @param {Rec} record */
  #workSeen(record) {
    return endOf(record) ? this.#worked.get(workKey(record)) ?? 0 : 0;
  }

  /** @param {number} now */
  #sweep(now) {
    this.#swept = now;
    for (const kept of [this.#reached, this.#worked]) for (const [key, at] of kept) if (at < now) kept.delete(key);
  }
}

/** 1: every dot is waited for; 0: none. @param {number} behind  the picture, in rides */
const paceAt = (behind) => Math.min(1, Math.max(0, (MOST_BEHIND_RIDES - behind) / (MOST_BEHIND_RIDES - BEHIND_RIDES)));
