// When each dot departs: never before the dot that caused it has arrived. Pure.
//
// A hop takes milliseconds; a dot takes RIDE_MS, so that eyes can follow. A trace is therefore
// shown slower than it happened, in its true order. The true times are in the log.

export const RIDE_MS = 420;
const MOST_BEHIND_RIDES = 16; // a trace that is further behind skips ahead
const FORGET_MS = 15000;

export class Schedule {
  /** @type {Map<string, number>} */
  #reached = new Map(); // by trace and node: when the last dot of the trace arrives there
  #swept = 0;

  /**
   * @param {string} trace @param {{from: string, to: string}} arrow
   * @param {number} now  milliseconds  @param {number} ride  milliseconds
   * @returns {{departs: number, arrives: number}}
   */
  add(trace, { from, to }, now, ride) {
    const ready = this.#reached.get(`${trace} ${from}`) ?? 0;
    const departs = ready - now > MOST_BEHIND_RIDES * ride ? now : Math.max(now, ready);
    const arrives = departs + ride;
    const there = `${trace} ${to}`;
    this.#reached.set(there, Math.max(arrives, this.#reached.get(there) ?? 0));
    if (now - this.#swept > FORGET_MS) this.#sweep(now);
    return { departs, arrives };
  }

  /** When the dots of this trace that move to this node have arrived. @param {string} trace @param {string} node */
  reached(trace, node) {
    return this.#reached.get(`${trace} ${node}`) ?? 0;
  }

  /** Everything is `ms` later: the picture was frozen that long. @param {number} ms */
  postpone(ms) {
    for (const [key, at] of this.#reached) this.#reached.set(key, at + ms);
  }

  clear() {
    this.#reached.clear();
  }

  /** @param {number} now */
  #sweep(now) {
    this.#swept = now;
    for (const [key, at] of this.#reached) if (at < now) this.#reached.delete(key);
  }
}
