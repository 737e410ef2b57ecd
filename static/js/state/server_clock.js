// The server's time, as the page knows it.

const FORGET_MS = 30_000; // so that the page follows a server whose clock was set

/**
 * The clock of the reader's device may be wrong, or be set while the page is open. So the page counts on
 * from what the server's messages say, by a clock that nobody can set. The fastest message is the nearest to the truth.
 */
export class ServerClock {
  #page_ms;
  #since = -Infinity; // the page's ms at which the present measurements began
  #ahead_s = Infinity; // of the page's clock before the server's, at the least
  #aheadBefore_s = Infinity; // by the measurements before them

  /** @param {() => number} page_ms  never goes back */
  constructor(page_ms = () => performance.now()) {
    this.#page_ms = page_ms;
  }

  /** The server says that it is so late. @param {number} at  unix seconds */
  hear(at) {
    const page_ms = this.#page_ms();
    if (page_ms - this.#since > FORGET_MS) {
      [this.#aheadBefore_s, this.#ahead_s, this.#since] = [this.#ahead_s, Infinity, page_ms];
    }
    this.#ahead_s = Math.min(this.#ahead_s, page_ms / 1000 - at);
  }

  /** Unix seconds; null before the server has said anything. */
  now() {
    const ahead_s = Math.min(this.#ahead_s, this.#aheadBefore_s);
    return ahead_s === Infinity ? null : this.#page_ms() / 1000 - ahead_s;
  }
}
