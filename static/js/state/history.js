// All records that the page has kept, and the state at any place among them.
//
// A position is a number of records: at position p, record number p - 1 is the last one that is
// shown. Positions are counted from the first record this page was given; what is loaded from
// before it has negative ones. Now and then the state is kept whole, without its log, so that
// any position is a few hundred records away.

import { compareCursors, empty, reduce, withDepths, KEPT } from './records.js';

export const EVERY = 250; // records from one kept state to the next

export class History {
  #records = [];
  #snapshots = [{ position: 0, logged: 0, state: empty() }]; // in order; the first one is at `first`
  newest = empty();

  /** The earliest position there is. */
  get first() { return this.#snapshots[0].position; }

  /** The position after the newest record. */
  get end() { return this.first + this.#records.length; }

  /** @param {import('./records.js').Rec[]} records  that follow the newest, in order */
  append(records) {
    for (let i = 0; i < records.length; i += EVERY) {
      const some = records.slice(i, i + EVERY);
      for (const record of some) this.#records.push(record);
      this.newest = reduce(this.newest, some);
      if (this.end - this.#snapshots.at(-1).position >= EVERY) this.#keep();
    }
    this.#trim();
  }

  /** Put older records in front, those that are not here yet. Returns how many. */
  prepend(records) {
    const oldest = this.#records[0]?.id;
    const older = records.filter((r) => !oldest || compareCursors(r.id, oldest) < 0).slice(-Math.max(0, KEPT - this.#records.length));
    if (!older.length) return 0;
    const all = older.concat(this.#records);
    const counted = this.newest.queues; // the server's sums may be in it: truer than ours
    const start = this.first - older.length;
    this.#records = [];
    this.#snapshots = [{ position: start, logged: 0, state: empty() }];
    this.newest = empty();
    this.append(all);
    this.correct(counted);
    return older.length;
  }

  /** The server has counted the queues at the newest record. */
  correct(queues) {
    if (isSame(queues, this.newest.queues)) return;
    this.newest = withDepths(this.newest, queues);
    this.#keep();
  }

  /** @param {number} position @returns {import('./records.js').State} */
  stateAt(position) {
    if (position >= this.end) return this.newest;
    const { position: from, logged, state } = this.#snapshots.findLast((s) => s.position <= position) ?? this.#snapshots[0];
    const start = from - this.first;
    const kept = Math.min(logged, start);
    const log = this.#records.slice(start - kept, start);
    return reduce({ ...state, log, dropped: state.dropped + logged - kept }, this.#records.slice(start, position - this.first));
  }

  /** The record at this number. */
  at(number) { return this.#records[number - this.first]; }

  /** The records that are shown at `to` and not yet at `from`. */
  between(from, to) { return this.#records.slice(Math.max(0, from - this.first), to - this.first); }

  /** The position at which this record is the last one shown, or null if it is not here. */
  positionOf(cursor) {
    let [low, high] = [0, this.#records.length - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      const order = compareCursors(this.#records[middle].id, cursor);
      if (order === 0) return this.first + middle + 1;
      if (order < 0) low = middle + 1;
      else high = middle - 1;
    }
    return null;
  }

  /** The position of the nearest record that holds, seen from `from`: after it (+1) or before its last one (-1). */
  find(from, direction, holds) {
    for (let n = direction > 0 ? from : from - 2; n >= this.first && n < this.end; n += direction) {
      if (holds(this.at(n))) return n + 1;
    }
    return null;
  }

  #keep() {
    const { log, ...state } = this.newest;
    const snapshot = { position: this.end, logged: log.length, state };
    if (this.#snapshots.at(-1).position === this.end) this.#snapshots.pop();
    this.#snapshots.push(snapshot);
  }

  /** Let go of whole stretches, so that the first position always has its state. */
  #trim() {
    while (this.#snapshots.length > 1 && this.end - this.#snapshots[1].position >= KEPT) {
      this.#records.splice(0, this.#snapshots[1].position - this.first);
      this.#snapshots.shift();
    }
  }
}

function isSame(some, others) {
  const names = new Set([...Object.keys(some), ...Object.keys(others)]);
  return [...names].every((name) => ['ready', 'unacked', 'delayed', 'dead'].every((part) => (some[name]?.[part] ?? 0) === (others[name]?.[part] ?? 0)));
}
