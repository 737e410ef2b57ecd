// What time it is where the records are written: the server's clock, as far as they tell.

export class Clock {
  #ahead_s = Infinity; // of ours before theirs, with the shortest way that was seen
  #store;

  constructor(store) {
    this.#store = store;
    store.addEventListener('stats', ({ detail }) => this.#hear(detail.at));
    store.addEventListener('records', ({ detail }) => { if (!detail.past && store.mode === 'live') this.#hear(detail.records.at(-1).at); });
  }

  /** Unix seconds: now, or the moment that is shown while the picture stands still. */
  now() {
    if (this.#store.at !== null) return this.#store.at;
    const last = this.#store.state.log.at(-1)?.at ?? 0;
    return this.#ahead_s === Infinity ? last : Math.max(last, Date.now() / 1000 - this.#ahead_s);
  }

  #hear(at) {
    this.#ahead_s = Math.min(this.#ahead_s, Date.now() / 1000 - at);
  }
}
