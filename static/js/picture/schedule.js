// When each dot sets out: never before the dot that caused it has arrived. Pure.
//
// Real hops take milliseconds; a dot takes RIDE_MS, so that eyes can follow. A story is
// therefore told slower than it happened, in its true order. The true times are in the log.

export const RIDE_MS = 420;
const MOST_BEHIND_RIDES = 16; // further behind than this, the story skips ahead
const FORGET_MS = 15000;

export class Schedule {
  #reached = new Map(); // "<trace> <node>" -> when the last dot of that trace got there
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

  /** When the dots of this trace that are on their way to this node have arrived. */
  reached(trace, node) {
    return this.#reached.get(`${trace} ${node}`) ?? 0;
  }

  /** Everything is `ms` later than it was: somebody froze the picture. */
  postpone(ms) {
    for (const [key, at] of this.#reached) this.#reached.set(key, at + ms);
  }

  clear() {
    this.#reached.clear();
  }

  #sweep(now) {
    this.#swept = now;
    for (const [key, at] of this.#reached) if (at < now) this.#reached.delete(key);
  }
}
