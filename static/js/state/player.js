// The playhead: which position of the history is shown, and how it moves. Elapsed time is an
// argument, and the records that become visible are returned.

import { History } from './history.js';
import { isStop } from './stops.js';

export const SPEEDS = [0.125, 0.25, 0.5, 1, 2, 4, 8];
const LONGEST_PAUSE_MS = 1200; // a replay shortens longer pauses to this

/** @typedef {import('./types.js').Rec} Rec */

/**
 * live: records are shown as they come.  frozen: the playhead stays, new records are held.
 * replay: the playhead moves at `speed`, and the mode becomes live when it has caught up.
 */
export class Player {
  history = new History();
  /** @type {'live'|'frozen'|'replay'} */
  mode = 'live';
  playhead = 0;
  speed = 1;
  #rest = 0; // ms of recorded time since the replay's last record

  /** How many records come after the playhead. */
  get held() { return this.history.end - this.playhead; }

  /** The state at the playhead. */
  get state() { return this.history.stateAt(this.playhead); }

  /** New records; returns those that are shown now. @param {Rec[]} records @returns {Rec[]} */
  take(records) {
    this.history.append(records);
    if (this.mode !== 'live') {
      this.playhead = Math.max(this.playhead, this.history.first);
      return [];
    }
    this.playhead = this.history.end;
    return records;
  }

  freeze() { this.mode = 'frozen'; }

  /** Go to the newest record and follow. Returns the records that were held. */
  goLive() {
    const shown = this.history.between(this.playhead, this.history.end);
    this.playhead = this.history.end;
    this.mode = 'live';
    return shown;
  }

  /** Go to a position and stay there. @param {number} position */
  seek(position) {
    this.mode = 'frozen';
    this.playhead = Math.min(this.history.end, Math.max(this.history.first, position));
  }

  /** Show `count` more records and stay there. Returns them. */
  stepForward(count = 1) {
    const before = this.playhead;
    this.seek(before + count);
    return this.history.between(before, this.playhead);
  }

  /** The position after the next (+1) or previous (-1) record worth stopping at, or null. @param {number} direction */
  stop(direction) { return this.history.find(this.playhead, direction, isStop); }

  /** Play on from the playhead. */
  replay() {
    this.mode = this.held ? 'replay' : 'live';
    this.#rest = 0;
  }

  /** Time has passed. Returns the records that a replay shows now. @param {number} elapsed_ms */
  tick(elapsed_ms) {
    if (this.mode !== 'replay') return [];
    const before = this.playhead;
    this.#rest += elapsed_ms * this.speed;
    while (this.held) {
      const pause = this.#pauseBefore(this.playhead);
      if (pause > this.#rest) break;
      this.#rest -= pause;
      this.playhead += 1;
    }
    const shown = this.history.between(before, this.playhead);
    if (!this.held) this.mode = 'live';
    return shown;
  }

  /** The recorded time that is shown, in unix seconds; null while live. */
  get at() {
    if (this.mode === 'live') return null;
    const last = this.history.at(this.playhead - 1)?.at ?? this.history.at(this.playhead)?.at ?? 0;
    return this.mode === 'replay' ? last + this.#rest / 1000 : last;
  }

  /** @param {number} number  of a record */
  #pauseBefore(number) {
    const [before, after] = [this.history.at(number - 1), this.history.at(number)];
    return before && after ? Math.min(LONGEST_PAUSE_MS, Math.max(0, (after.at - before.at) * 1000)) : 0;
  }
}
