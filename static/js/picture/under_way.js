// How many dots of a kind wait for their departure or are moving on an arrow.

/** @typedef {import('../state/shown_state.js').Dot} Dot */

export class UnderWay {
  /** @type {Map<string, {waiting: number, moving: number}>} */
  #counts = new Map(); // by kind and edge

  /** @param {Dot} dot @param {number} waiting  how many more @param {number} moving  how many more */
  add({ record, arrow }, waiting, moving) {
    const key = `${record.kind} ${arrow.edge}`;
    const before = this.#counts.get(key) ?? { waiting: 0, moving: 0 };
    this.#counts.set(key, { waiting: before.waiting + waiting, moving: before.moving + moving });
  }

  /** @param {string} kind @param {string} edge */
  of(kind, edge) { return this.#counts.get(`${kind} ${edge}`) ?? { waiting: 0, moving: 0 }; }

  clear() { this.#counts.clear(); }
}
