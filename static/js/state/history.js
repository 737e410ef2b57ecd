// All records that the page has kept, and the state at any position among them.
//
// A position is a number of records: at position p, record number p - 1 is the last one that is
// shown. Positions are counted from the first record this page was given; older records that are
// loaded later have negative ones. A frame of the server has the position from which it is valid.
// Every few hundred records the state is kept (without its log), so that any other is soon computed.

import { compareCursors } from './cursor.js';
import { empty, KEPT, reduce, reduceFrame } from './records.js';

export const EVERY = 250; // records from one kept state to the next
const ALWAYS = -Infinity; // valid from the beginning, as far as the page knows

/**
 * @typedef {import('./types.js').Rec} Rec
 * @typedef {import('./types.js').State} State
 * @typedef {import('./types.js').StateFrame} StateFrame
 * @typedef {{position: number, frame: StateFrame}} Placed
 * @typedef {{position: number, logged: number, state: Omit<State, 'log'>}} Snapshot  `logged`: length of its log
 */

export class History {
  /** @type {Rec[]} */
  #records = [];
  /** @type {Placed[]} */
  #frames = []; // in order of their positions, one of each type at each position
  /** @type {Snapshot[]} */
  #snapshots = [{ position: 0, logged: 0, state: empty() }]; // in order; the first one is at `first`
  newest = empty();

  /** The earliest position there is. */
  get first() { return this.#snapshots[0].position; }

  /** The position after the newest record. */
  get end() { return this.first + this.#records.length; }

  /** @param {Rec[]} records  that follow the newest, in order */
  append(records) {
    for (let i = 0; i < records.length; i += EVERY) {
      const some = records.slice(i, i + EVERY);
      this.#records.push(...some);
      this.newest = reduce(this.newest, some);
      if (this.end - this.#snapshots[this.#snapshots.length - 1].position >= EVERY) this.#keep();
    }
    this.#trim();
  }

  /** The server has described design, picture, faults or figures as they are now. @param {StateFrame} frame */
  add(frame) {
    const position = this.#validFrom(frame);
    this.#frames = this.#frames.filter((one) => !(one.position === position && one.frame.type === frame.type));
    const next = this.#frames.findIndex((one) => one.position > position);
    this.#frames.splice(next < 0 ? this.#frames.length : next, 0, { position, frame });
    if (position === this.end) this.newest = reduceFrame(this.newest, frame);
    else this.#recompute(position);
  }

  /** Put older records in front, those that are not here yet. Returns how many. @param {Rec[]} records */
  prepend(records) {
    const oldest = this.#records[0]?.id;
    const older = records.filter((r) => !oldest || compareCursors(r.id, oldest) < 0).slice(-Math.max(0, KEPT - this.#records.length));
    if (!older.length) return 0;
    const all = older.concat(this.#records);
    this.#snapshots = [{ position: this.first - older.length, logged: 0, state: empty() }];
    this.#records = [];
    for (let i = 0; i < all.length; i += EVERY) {
      this.#records.push(...all.slice(i, i + EVERY));
      this.newest = this.#compute(this.end);
      this.#keep();
    }
    return older.length;
  }

  /** @param {number} position @returns {State} */
  stateAt(position) {
    return position >= this.end ? this.newest : this.#compute(position);
  }

  /** The record at this number. @param {number} number @returns {Rec|undefined} */
  at(number) { return this.#records[number - this.first]; }

  /** The records that are shown at `to` and not yet at `from`. @param {number} from @param {number} to */
  between(from, to) { return this.#records.slice(Math.max(0, from - this.first), to - this.first); }

  /** The position at which this record is the last one shown, or null if it is not here. @param {string} cursor */
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

  /**
   * The position of the nearest record that holds, seen from `from`: after it (+1) or before its last one (-1).
   * @param {number} from @param {number} direction @param {(record: Rec) => boolean} holds
   */
  find(from, direction, holds) {
    for (let n = direction > 0 ? from : from - 2; n >= this.first && n < this.end; n += direction) {
      const record = this.at(n);
      if (record && holds(record)) return n + 1;
    }
    return null;
  }

  /** A design and its picture are valid since the design was changed, not only since we know of them. @param {StateFrame} frame */
  #validFrom({ type }) {
    if (type !== 'design' && type !== 'diagram') return this.end;
    if (!this.#frames.some((one) => one.frame.type === type)) return ALWAYS;
    const isChange = (/** @type {Rec} */ r) => r.kind === 'note' && (r.name === 'DesignChanged' || r.name === 'Reset');
    return this.find(this.end + 1, -1, isChange) ?? ALWAYS;
  }

  /** From the nearest kept state before it. @param {number} position @returns {State} */
  #compute(position) {
    const { position: from, logged, state: kept } = this.#snapshots.findLast((s) => s.position <= position) ?? this.#snapshots[0];
    const start = from - this.first;
    const log = this.#records.slice(Math.max(0, start - logged), start);
    /** @type {State} */
    let state = { ...kept, log, dropped: kept.dropped + logged - log.length };
    let done = from;
    for (const { position: at, frame } of this.#frames) {
      if (at > position) break;
      if (at === ALWAYS ? from > this.first : at < from) continue; // the kept state has it
      state = reduceFrame(reduce(state, this.between(done, at)), frame);
      done = Math.max(done, at);
    }
    return reduce(state, this.between(done, position));
  }

  /** Something is different from this position on. @param {number} position */
  #recompute(position) {
    const [first, ...others] = this.#snapshots;
    this.#snapshots = [first, ...others.filter((s) => s.position < position)];
    this.newest = this.#compute(this.end);
  }

  #keep() {
    const { log, ...state } = this.newest;
    const snapshot = { position: this.end, logged: log.length, state };
    this.#snapshots = [...this.#snapshots.filter((s) => s.position < this.end), snapshot];
  }

  /** Drop whole stretches, so that the first position always has its state. */
  #trim() {
    while (this.#snapshots.length > 1 && this.end - this.#snapshots[1].position >= KEPT) {
      this.#records.splice(0, this.#snapshots[1].position - this.first);
      this.#snapshots.shift();
      this.#frames = withoutOlder(this.#frames, this.first);
    }
  }
}

/** Of what was valid before `first`, only the newest design and picture are needed. @param {Placed[]} frames @param {number} first @returns {Placed[]} */
function withoutOlder(frames, first) {
  const lasting = ['design', 'diagram'].flatMap((type) => frames.findLast((one) => one.frame.type === type && one.position <= first) ?? []);
  return [...lasting.map(({ frame }) => ({ position: ALWAYS, frame })), ...frames.filter((one) => one.position > first)];
}
