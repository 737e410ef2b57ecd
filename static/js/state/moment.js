// Which of the records the picture has shown, and the moment at which they stand: the picture's playhead.
// Pure: times are arguments.

import { compareCursors } from './cursor.js';

/** @typedef {import('./types.js').Rec} Rec @typedef {{record: Rec, at: number, happens: number}} Timed  `at` in unix seconds, `happens` in ms */

export class Moment {
  /** @type {Timed[]} */
  #coming = []; // in the order of the records
  #passed = 0; // how many of them have happened
  #before = { at: 0, happens: 0 };

  /** How many records that are known have not happened in the picture. */
  get left() { return this.#coming.length - this.#passed; }

  /** The first of those. */
  get next() { return this.#coming[this.#passed]?.record; }

  /** All of those. */
  get records() { return this.#coming.slice(this.#passed).map(({ record }) => record); }

  /** It follows those that are here. @param {Rec} record @param {number} happens  in the picture, not before them @param {number} now  ms */
  take(record, happens, now) {
    // The clocks of two processes differ a little; the picture's moment does not go back for that.
    const at = this.left ? Math.max(this.#coming[this.#coming.length - 1].at, record.at) : record.at;
    if (!this.left) this.#before = { at, happens: now };
    this.#coming.push({ record, at, happens });
  }

  /** The records that have happened since. @param {number} now  ms @returns {Rec[]} */
  pass(now) {
    const from = this.#passed;
    while (this.left && this.#coming[this.#passed].happens <= now) this.#passed += 1;
    if (this.#passed === from) return [];
    const passed = this.#coming.slice(from, this.#passed);
    this.#before = passed[passed.length - 1];
    if (this.#passed > 500 || !this.left) {
      this.#coming = this.#coming.slice(this.#passed);
      this.#passed = 0;
    }
    return passed.map(({ record }) => record);
  }

  /** Unix seconds, between the last record that has happened and the next; null where the picture shows the present. @param {number} now  ms */
  at(now) {
    if (!this.left) return null;
    const [before, next] = [this.#before, this.#coming[this.#passed]];
    const part = next.happens > before.happens ? (now - before.happens) / (next.happens - before.happens) : 1;
    return before.at + (next.at - before.at) * Math.min(1, Math.max(0, part));
  }

  /** Has this record happened? @param {Rec} record */
  has({ id }) { return !this.next || compareCursors(id, this.next.id) < 0; }

  /** Everything is `ms` later: the picture was frozen that long. @param {number} ms */
  postpone(ms) {
    this.#coming = this.#coming.slice(this.#passed).map((each) => ({ ...each, happens: each.happens + ms }));
    this.#passed = 0;
    this.#before = { ...this.#before, happens: this.#before.happens + ms };
  }

  clear() {
    this.#coming = [];
    this.#passed = 0;
  }
}
