// Where in the history the page is looking, and how that place moves. Pure: time comes in as
// an argument, and what becomes visible is returned.

import { History } from './history.js';
import { isStop } from './stops.js';

export const SPEEDS = [0.125, 0.25, 0.5, 1, 2, 4, 8];
const LONGEST_PAUSE_MS = 1200; // a replay does not sit through the time in which nothing happened

/**
 * live: whatever comes is shown at once.  frozen: the place stays, what comes waits.
 * replay: the place moves on at `speed`, and becomes live when it has caught up.
 */
export class Player {
  history = new History();
  mode = 'live';
  playhead = 0;
  speed = 1;
  #rest = 0; // milliseconds of the story that a replay has gone beyond its last record

  /** How many records wait behind the playhead. */
  get held() { return this.history.end - this.playhead; }

  /** The state at the playhead. */
  get state() { return this.history.stateAt(this.playhead); }

  /** What arrives; returns those of it that are shown now. */
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

  /** To the newest record, and on with it. Returns what is shown now for the first time. */
  goLive() {
    const shown = this.history.between(this.playhead, this.history.end);
    this.playhead = this.history.end;
    this.mode = 'live';
    return shown;
  }

  /** Go to a position and stay there. */
  seek(position) {
    this.mode = 'frozen';
    this.playhead = Math.min(this.history.end, Math.max(this.history.first, position));
  }

  /** Show so many more and stay there. Returns them. */
  stepForward(count = 1) {
    const before = this.playhead;
    this.seek(before + count);
    return this.history.between(before, this.playhead);
  }

  /** The next (+1) or previous (-1) place where something worth a look is shown last, or null. */
  stop(direction) { return this.history.find(this.playhead, direction, isStop); }

  /** Play on from the playhead. */
  replay() {
    this.mode = this.held ? 'replay' : 'live';
    this.#rest = 0;
  }

  /** So many milliseconds have gone by. Returns what a replay shows now. */
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

  /** Unix seconds in the story at this moment; null where that is now. */
  get at() {
    if (this.mode === 'live') return null;
    const last = this.history.at(this.playhead - 1)?.at ?? this.history.at(this.playhead)?.at ?? 0;
    return this.mode === 'replay' ? last + this.#rest / 1000 : last;
  }

  #pauseBefore(number) {
    const [before, after] = [this.history.at(number - 1), this.history.at(number)];
    return before ? Math.min(LONGEST_PAUSE_MS, Math.max(0, (after.at - before.at) * 1000)) : 0;
  }
}
