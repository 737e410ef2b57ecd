// From records to dots, and from dots to what the picture has shown: the store hears of each departure and arrival.

import { detailOf } from '../dom.js';
import { paced } from '../frames.js';
import { redraws } from '../state/connections.js';
import { nodeOf, travels } from '../state/travel.js';
import { Dots } from './dots.js';

const CAPTION_MS = 160;

/** @typedef {import('../state/types.js').Rec} Rec @typedef {import('../state/shown_state.js').Dot} Dot */

/** Events: `depart` (records whose dots depart), `show` (the record that the caption is about), `change` (the shown state). */
export class Playback extends EventTarget {
  dots = new Dots();
  #store;
  #isVisible;
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
    store.addEventListener('frozen', () => this.dots.freeze(store.frozen));
    store.addEventListener('time', () => { this.dots.speed = store.speed; });
    this.dots.addEventListener('depart', (event) => this.#departed(detailOf(event)));
    this.dots.addEventListener('arrive', (event) => this.#arrived(detailOf(event)));
  }

  /** Has every dot arrived? */
  get isStill() { return this.dots.isStill; }

  /** Have the dots of this record's trace come to where it happened? @param {Rec} record */
  hasReached({ trace = '', target }) { return this.dots.hasReached(trace, nodeOf(target)); }

  /** @param {{records: Rec[], past: boolean}} shown */
  #take({ records, past }) {
    if (this.#store.frozen) this.dots.clear(); // one step: only its own dot moves
    else if (this.#isVisible() && records.some((record) => redraws(record, this.#store.newest))) this.dots.awaitDrawing();
    if (!past) this.#send(records.filter(travels));
    if (this.#store.frozen) this.#show(records[records.length - 1]);
    this.#tell('change');
  }

  /** As dots; where nothing can be seen, only the caption follows. @param {Rec[]} records */
  #send(records) {
    if (this.#isVisible() && !document.hidden) return this.dots.send(records);
    this.#store.settle();
    if (!records.length) return;
    this.#tell('depart', records);
    this.#show(records[records.length - 1]);
  }

  /** The shown state has jumped: the last record stands where it went. */
  #jump() {
    const last = this.#store.state.log.at(-1);
    this.dots.clear();
    if (last) {
      if (this.#isVisible() && this.#store.mode !== 'live') this.dots.stand(last);
      this.#show(last);
    }
    this.#tell('change');
  }

  /** @param {Dot[]} dots */
  #departed(dots) {
    this.#store.departed(dots);
    this.#tell('depart', dots.map(({ record }) => record));
    this.#newest = dots[dots.length - 1].record;
    this.#caption();
    this.#tell('change');
  }

  /** @param {Dot[]} dots */
  #arrived(dots) {
    this.#store.arrived(dots);
    this.#tell('change');
  }

  /** Under load a reader can follow only the newest of several. */
  #caption = paced(CAPTION_MS, () => { if (this.#newest) this.#show(this.#newest); });

  /** @param {Rec} record */
  #show(record) { this.#tell('show', record); }

  /** @param {string} type @param {unknown} [detail] */
  #tell(type, detail) { this.dispatchEvent(new CustomEvent(type, { detail })); }
}
