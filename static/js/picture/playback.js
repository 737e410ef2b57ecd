// From records to dots, and from dots to the moment that the picture shows.

import { detailOf } from '../dom.js';
import { paced } from '../frames.js';
import { redraws } from '../state/connections.js';
import { ended } from '../state/shown_state.js';
import { travels } from '../state/travel.js';
import { Dots } from './dots.js';

const CAPTION_MS = 160;
const MOST_LEFT = 4500; // further behind than the history reaches back, the picture would have no state to show

/** @typedef {import('../state/types.js').Rec} Rec @typedef {import('../state/shown_state.js').Dot} Dot */

/** Events: `depart` (records whose dots depart), `show` (the record that the caption is about), `change` (what is shown). */
export class Playback extends EventTarget {
  dots = new Dots();
  #store;
  #isVisible;
  /** @type {import('../state/shown_state.js').Ends} */
  #ends = new Map();
  /** @type {Rec|null} */
  #newest = null;

  /** @param {import('../state/store.js').Store} store @param {() => boolean} isVisible  is there a picture, and can it be seen? */
  constructor(store, isVisible) {
    super();
    this.#store = store;
    this.#isVisible = isVisible;
    this.dots.began = (record) => store.began(record);
    store.addEventListener('records', (event) => this.#take(detailOf(event)));
    store.addEventListener('seek', () => this.#jump());
    store.addEventListener('frozen', () => {
      this.dots.freeze(store.frozen);
      this.#tell('change');
    });
    store.addEventListener('time', () => { this.dots.speed = store.speed; });
    this.dots.addEventListener('depart', (event) => this.#departed(detailOf(event)));
    this.dots.addEventListener('pass', (event) => this.#passed(detailOf(event)));
  }

  /** Has every dot arrived, and every record happened? */
  get isStill() { return this.dots.isStill; }

  /** Have the dots of this record's trace come to where it happened? @param {Rec} record */
  hasReached(record) { return this.dots.hasReached(record); }

  /**
   * What the picture shows now: the state at the picture's own playhead, which moment that is (unix seconds), how far
   * it is behind the store's, and how work has ended lately.
   */
  get shown() {
    const { left, at } = this.dots;
    const { playhead, history, state, clock } = this.#store;
    const present = this.#store.at ?? clock.now() ?? 0;
    const moment = left ? at ?? present : present;
    return { state: left ? history.stateAt(playhead - left) : state, at: moment, behind_s: Math.max(0, present - moment), isBehind: left > 0, ends: this.#ends };
  }

  /** @param {{records: Rec[], past: boolean}} shown */
  #take({ records, past }) {
    if (this.#store.frozen) this.dots.clear(); // one step: only its own dot moves
    else if (this.#isVisible() && records.some((record) => redraws(record, this.#store.newest))) this.dots.awaitDrawing();
    this.#send(records, past);
    if (this.#store.frozen) this.#show(records[records.length - 1]);
    this.#tell('change');
  }

  /** As dots; where nothing can be seen, only the caption follows. @param {Rec[]} records @param {boolean} past */
  #send(records, past) {
    if (this.#isVisible() && !document.hidden && this.dots.left + records.length <= MOST_LEFT) return this.dots.send(records, past);
    const sent = past ? [] : records.filter(travels);
    const departing = [...this.dots.waiting, ...sent];
    this.dots.clear();
    this.#ends = new Map();
    if (departing.length) this.#tell('depart', departing);
    if (sent.length) this.#show(sent[sent.length - 1]);
  }

  /** The shown state has jumped: the last record stands where it went. */
  #jump() {
    const last = this.#store.state.log.at(-1);
    this.dots.clear();
    this.#ends = new Map();
    if (last) {
      if (this.#isVisible() && this.#store.mode !== 'live') this.dots.stand(last);
      this.#show(last);
    }
    this.#tell('change');
  }

  /** @param {Dot[]} dots */
  #departed(dots) {
    this.#tell('depart', dots.map(({ record }) => record));
    this.#newest = dots[dots.length - 1].record;
    this.#caption();
    this.#tell('change');
  }

  /** @param {Rec[]} records */
  #passed(records) {
    this.#ends = ended(this.#ends, records, performance.now());
    this.#tell('change');
  }

  /** Under load a reader can follow only the newest of several. */
  #caption = paced(CAPTION_MS, () => { if (this.#newest) this.#show(this.#newest); });

  /** @param {Rec} record */
  #show(record) { this.#tell('show', record); }

  /** @param {string} type @param {unknown} [detail] */
  #tell(type, detail) { this.dispatchEvent(new CustomEvent(type, { detail })); }
}
