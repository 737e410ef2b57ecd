// What the page knows, and the events by which views hear of changes.

import { compareCursors } from './cursor.js';
import { Player } from './player.js';
import { ServerClock } from './server_clock.js';

const MOST_AT_ONCE = 300; // with more held records than this, going live is a jump instead of a burst

/**
 * @typedef {import('./types.js').Rec} Rec
 * @typedef {import('./types.js').State} State
 * @typedef {import('./types.js').Frame} Frame
 * @typedef {import('./types.js').StateFrame} StateFrame
 */

/**
 * `state` is the state at the playhead, `newest` at the head; they are one while live. Views draw
 * `state`; controls, which change the running company, show `newest`.
 *
 * Events: `records` ({records, past}: newly shown, in order; past ones happened before this page
 * was open), `seek` (the shown state has jumped: draw it anew), `time` (mode, playhead or head have
 * changed), `frozen` (number of held records), `design`, `faults` (in the newest or in the shown state
 * they are different now), `topology` (in the shown state), and the frames `stats`, `sequence`, `gap`, `welcome`.
 */
export class Store extends EventTarget {
  /** @type {State} */
  state;
  #player = new Player();
  #began = '0-0'; // the newest record when we joined
  /** @type {StateFrame|null} */
  #early = null; // a list of faults that is newer than the records we have
  #now;

  /** @param {() => number} now  milliseconds */
  constructor(now = () => performance.now()) {
    super();
    this.#now = now;
    this.clock = new ServerClock(now);
    this.state = this.#player.state;
  }

  get newest() { return this.#player.history.newest; }
  get history() { return this.#player.history; }
  get mode() { return this.#player.mode; }
  get playhead() { return this.#player.playhead; }
  get held() { return this.#player.held; }
  get speed() { return this.#player.speed; }

  /** Does the picture stand still? */
  get frozen() { return this.mode === 'frozen'; }

  /** Unix seconds of the moment that is shown; null while live. */
  get at() { return this.#player.at; }

  /** When the run of this record began, if it is the run that is shown; else null. @param {Rec} record */
  began({ run }) {
    const shown = this.state.run;
    return shown && shown.id === run ? shown.at : null;
  }

  /** @param {Rec[]} records */
  take(records) {
    const last = records.at(-1);
    if (last) this.clock.hear(last.at);
    this.#change(() => {
      const shown = this.#player.take(records);
      if (compareCursors(this.newest.cursor, this.#began) >= 0) this.#addEarly();
      this.#show(shown);
    });
    if (this.mode !== 'live') this.#tell('frozen', this.held);
    this.#tell('time');
  }

  /** Any frame that holds no records. @param {Frame} frame */
  frame(frame) {
    switch (frame.type) {
      case 'welcome': this.#began = frame.cursor; break;
      case 'design': return this.#add(frame);
      case 'faults':
        // On joining, the list comes before the records that lead up to it.
        if (compareCursors(this.newest.cursor, this.#began) >= 0) return this.#add(frame);
        this.#early = frame;
        return;
      case 'diagram':
        if (frame.diagram === 'sequence') return this.#tell('sequence', frame);
        return this.#add(/** @type {import('./types.js').TopologyFrame} */ (frame));
      case 'stats':
        this.clock.hear(frame.at);
        this.#addEarly();
        this.#add(frame);
        break;
    }
    this.#tell(frame.type, frame);
  }

  /** Stop the picture while the company works on, or go back to what happens now. @param {boolean} frozen */
  freeze(frozen) {
    if (!frozen) return this.live();
    this.#player.freeze();
    this.#moved();
  }

  /** Back to now: held records are shown, or, if they are many, skipped. */
  live() {
    if (this.mode === 'live') return;
    const shown = this.#player.goLive();
    this.#moved();
    if (shown.length > MOST_AT_ONCE) this.#jump();
    else this.#change(() => this.#show(shown));
  }

  /** One record forward (+1), or back (-1). @param {number} by */
  step(by) {
    if (by < 0) return this.seek(this.playhead + by);
    const shown = this.#player.stepForward(by);
    this.#moved();
    this.#change(() => this.#show(shown));
  }

  /** Show the state at this position, and stay there. @param {number} position */
  seek(position) {
    this.#player.seek(position);
    this.#jump();
    this.#moved();
  }

  /** To the next (+1) or previous (-1) record worth stopping at. Returns whether there is one. @param {number} direction */
  stop(direction) {
    const position = this.#player.stop(direction);
    if (position !== null) this.seek(position);
    return position !== null;
  }

  /** Play on from the playhead; while live: the newest run once more. */
  replay() {
    if (!this.held) {
      const { run } = this.newest;
      const begun = run && this.history.find(this.history.first, 1, (r) => r.run === run.id);
      if (begun === null) return;
      this.seek(begun - 1);
    }
    this.#player.replay();
    this.#moved();
  }

  /** Time has passed. @param {number} elapsed_ms */
  tick(elapsed_ms) {
    if (this.#player.mode !== 'replay') return;
    const shown = this.#player.tick(elapsed_ms);
    this.#change(() => this.#show(shown));
    if (shown.length || this.mode === 'live') this.#moved();
  }

  /** @param {number} speed */
  setSpeed(speed) {
    this.#player.speed = speed;
    this.#tell('time');
  }

  /** Records from before this page was open. @param {Rec[]} records */
  takeOlder(records) {
    if (!this.history.prepend(records)) return;
    this.state = this.#player.state;
    this.#tell('time');
  }

  /** @param {StateFrame} frame */
  #add(frame) {
    this.#change(() => {
      this.history.add(frame);
      this.state = this.#player.state;
    });
  }

  #addEarly() {
    const early = this.#early;
    this.#early = null;
    if (early) this.#add(early);
  }

  /** @param {Rec[]} records */
  #show(records) {
    if (!records.length) return;
    this.state = this.#player.state;
    const past = records.filter((r) => compareCursors(r.id, this.#began) <= 0);
    // A replay shows the past on purpose: there all records are treated as new.
    if (this.mode !== 'live' || !past.length) return this.#tell('records', { records, past: false });
    this.#tell('records', { records: past, past: true });
    if (past.length < records.length) this.#tell('records', { records: records.slice(past.length), past: false });
  }

  #jump() {
    this.#change(() => {
      this.state = this.#player.state;
      this.#tell('seek');
    });
  }

  #moved() {
    this.#tell('frozen', this.held);
    this.#tell('time');
  }

  /** Do it, and tell views of what is different then. @param {() => void} act */
  #change(act) {
    const [state, newest] = [this.state, this.newest];
    act();
    if (this.newest.design !== newest.design || this.state.design !== state.design) this.#tell('design');
    if (this.newest.faults !== newest.faults || this.state.faults !== state.faults) this.#tell('faults');
    if (this.state.topology !== state.topology) this.#tell('topology', this.state.topology);
  }

  /** @param {string} type @param {unknown} [detail] */
  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
