// The server's clock, as far as records and stats show it.

import { detailOf } from '../../dom.js';

export class Clock {
  #ahead_s = Infinity; // of our clock before the server's, by the fastest message so far
  #store;

  /** @param {import('../../state/store.js').Store} store */
  constructor(store) {
    this.#store = store;
    store.addEventListener('stats', (event) => this.#hear(detailOf(event).at));
    store.addEventListener('records', (event) => { if (!detailOf(event).past && store.mode === 'live') this.#hear(detailOf(event).records.at(-1).at); });
  }

  /** Unix seconds: now, or the moment that is shown while the picture is frozen. */
  now() {
    if (this.#store.at !== null) return this.#store.at;
    const last = this.#store.state.log.at(-1)?.at ?? 0;
    return this.#ahead_s === Infinity ? last : Math.max(last, Date.now() / 1000 - this.#ahead_s);
  }

  /** @param {number} at */
  #hear(at) {
    this.#ahead_s = Math.min(this.#ahead_s, Date.now() / 1000 - at);
  }
}
