// What the page knows, and who wants to hear of it.

import { compareCursors } from './records.js';
import { Player } from './player.js';
import { Versions } from './versions.js';

const MOST_AT_ONCE = 300; // more than that, and going live is a jump instead of a burst

/**
 * `state` is the state at the playhead, `newest` at the head; they are one while live.
 * Views draw from `state` alone.
 *
 * Events: `records` ({records, past}: newly shown, in order; past ones happened before this page
 * was watching), `seek` (the shown state has jumped: draw it anew), `time` (mode, playhead or head
 * have changed), `frozen` (how many wait), and one named after each frame: `design`, `faults`,
 * `topology`, `sequence`, `stats`, `gap`.
 */
export class Store extends EventTarget {
  state;
  faults = []; // as they are now; as they were at the playhead: shownFaults
  stats = null;
  design = {}; // as it is now; as it was at the playhead: shownDesign
  connections = [];
  #player = new Player();
  #began = '0-0'; // the newest record when we joined
  #designs = new Versions();
  #topologies = new Versions();

  constructor() {
    super();
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

  /** The company as it was built at the playhead. */
  get topology() { return this.#topologies.at(this.playhead); }
  get shownDesign() { return this.#designs.at(this.playhead) ?? this.design; }

  /** When the run began that this record belongs to, if it is the one that is shown; else null. */
  began({ run }) {
    const shown = this.state.run;
    return shown && shown.id === run ? shown.at : null;
  }

  /** Faults that still have something to hit. */
  get raging() { return this.faults.filter((fault) => !fault.is_spent); }

  /** Faults at the playhead: the server's list while live, else as the records have told it. */
  get shownFaults() { return this.mode === 'live' ? this.faults : [...this.state.faults.values()]; }

  /** Phases of the circuit breakers at the playhead, by callee. */
  get shownBreakers() { return this.mode === 'live' ? this.stats?.breakers ?? {} : this.state.breakers; }

  /** @param {import('./records.js').Rec[]} records */
  take(records) {
    const shown = this.#player.take(records);
    this.#show(shown);
    if (this.mode !== 'live') this.#tell('frozen', this.held);
    this.#tell('time');
  }

  /** Any other frame of the socket. */
  frame(frame) {
    switch (frame.type) {
      case 'welcome': this.#began = frame.cursor; break;
      case 'design':
        this.connections = frame.connections;
        this.design = frame.design;
        this.#designs.add(this.#designChangedAt(), frame.design);
        break;
      case 'faults': this.faults = frame.faults; break;
      case 'diagram':
        if (frame.diagram === 'sequence') return this.#tell('sequence', frame);
        this.#topologies.add(this.#designChangedAt(), frame);
        return this.#tellTopology();
      case 'stats':
        this.stats = frame;
        // Depths counted at another place in the log than ours would count some twice.
        if (frame.cursor === this.newest.cursor) {
          this.history.correct(frame.queues);
          if (this.mode === 'live') this.state = this.newest;
        }
        break;
    }
    this.#tell(frame.type, frame);
  }

  /** Stand still while the company works on, or go back to what happens now. */
  freeze(frozen) {
    if (!frozen) return this.live();
    this.#player.freeze();
    this.#moved();
  }

  /** Back to now: what waited is shown, or jumped over if that is much. */
  live() {
    if (this.mode === 'live') return;
    const shown = this.#player.goLive();
    this.#moved();
    if (shown.length > MOST_AT_ONCE) this.#jump();
    else this.#show(shown);
  }

  /** One record on (+1), or back (-1). */
  step(by) {
    if (by > 0) {
      const shown = this.#player.stepForward(by);
      this.#moved();
      this.#show(shown);
    } else this.seek(this.playhead + by);
  }

  /** Show the state at this position, and stay there. */
  seek(position) {
    this.#player.seek(position);
    this.#jump();
    this.#moved();
  }

  /** To the next (+1) or previous (-1) record worth stopping at. Returns whether there is one. */
  stop(direction) {
    const position = this.#player.stop(direction);
    if (position !== null) this.seek(position);
    return position !== null;
  }

  /** Play on from the playhead; while live: the newest run once more. */
  replay() {
    if (!this.held) {
      const run = this.newest.run;
      const begun = run ? this.history.find(this.history.first, 1, (r) => r.run === run.id) : null;
      if (begun === null) return;
      this.seek(begun - 1);
    }
    this.#player.replay();
    this.#moved();
  }

  /** So many milliseconds have gone by. */
  tick(elapsed_ms) {
    if (this.mode !== 'replay') return;
    const shown = this.#player.tick(elapsed_ms);
    this.#show(shown);
    if (shown.length || this.mode === 'live') this.#moved();
  }

  setSpeed(speed) {
    this.#player.speed = speed;
    this.#tell('time');
  }

  /** Records from before this page was watching. */
  takeOlder(records) {
    if (!this.history.prepend(records)) return;
    this.state = this.#player.state;
    this.#tell('time');
  }

  connection(id) {
    return this.connections.find((c) => c.id === id);
  }

  /** The fault of this kind at this place, if it still has something to hit. */
  fault(kind, target) {
    return this.raging.find((f) => f.kind === kind && f.target === target);
  }

  #show(records) {
    if (!records.length) return;
    this.#update();
    const past = records.filter((r) => compareCursors(r.id, this.#began) <= 0);
    // A replay shows on purpose what happened long ago: there nothing is merely past.
    if (this.mode !== 'live' || !past.length) return this.#tell('records', { records, past: false });
    this.#tell('records', { records: past, past: true });
    if (past.length < records.length) this.#tell('records', { records: records.slice(past.length), past: false });
  }

  #jump() {
    this.#update();
    this.#tell('seek');
  }

  #moved() {
    this.#tell('frozen', this.held);
    this.#tell('time');
  }

  #update() {
    this.state = this.#player.state;
    this.#tellTopology();
  }

  #tellTopology() {
    if (this.#topologies.isNew(this.playhead)) this.#tell('topology', this.topology);
  }

  /** Since when a design that we are told of now has been valid. */
  #designChangedAt() {
    const { end } = this.history;
    const isChange = (r) => r.kind === 'note' && (r.name === 'DesignChanged' || r.name === 'Reset');
    return this.history.find(end + 1, -1, isChange) ?? this.history.first;
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
