// Captions bound to records: each is shown once in a run, together with its record, and may freeze the picture.

import { all, detailOf, element, one } from '../dom.js';
import { compareCursors } from '../state/cursor.js';
import { fits, isSeenAsDot } from './matching.js';

const LOOK_EVERY_MS = 100;
// A caption stays at least so long: a slow reader reads four words a second.
const SHORTEST_MS = 2000;
const WORD_MS = 250;
const LONGEST_MS = 6000;
const CLOCKS_DIFFER_S = 2; // between the hosts of one installation, and by how late the page hears

/**
 * @typedef {import('../state/types.js').Rec} Rec
 * @typedef {{when: import('./matching.js').Match, say: HTMLElement, stop: boolean, read: string|null}} Caption
 */

export class Captions {
  #store; #picture; #stage; #now;
  /** @type {Caption[]} */
  #left = [];
  /** @type {HTMLElement|null} */
  #bar = null;
  #since = 0;
  #stays = 0; // until when the caption that is shown stays, by `now`
  /** @type {{record: Rec, isDot: boolean}[]} */
  #early = []; // the picture has not reached them yet, or is frozen
  /** @type {ReturnType<typeof setTimeout>|0} */
  #looking = 0;
  #isHeld = false; // the picture stands still for a stop that is not shown yet
  /** @type {Map<string|null|undefined, Object<string, unknown>>} */
  #answers = new Map(); // data of the customer's answer, by run
  #reading = () => {};

  /**
   * @param {import('../state/store.js').Store} store @param {import('../picture/picture.js').Picture} picture
   * @param {HTMLElement} stage @param {import('../panels/actions.js').Actions} actions @param {() => number} [now]  milliseconds
   */
  constructor(store, picture, stage, actions, now = () => performance.now()) {
    this.#now = now;
    this.#store = store;
    this.#picture = picture;
    this.#stage = stage;
    store.addEventListener('records', (event) => this.#take(detailOf(event)));
    actions.addEventListener('answered', (event) => {
      const { headers, data } = detailOf(event);
      this.#answers.set(headers.get('x-inflight-run'), data);
      this.#reading();
    });
    picture.addEventListener('depart', (event) => this.#wait(detailOf(event), true));
    store.addEventListener('time', () => { if (!this.#store.frozen) for (const go of this.#bar ? all(this.#bar, 'button') : []) go.remove(); });
  }

  /** @param {Caption[]} stops */
  begin(stops) {
    this.clear();
    this.#since = (this.#store.clock.now() ?? 0) - CLOCKS_DIFFER_S;
    this.#left = [...stops];
  }

  clear() {
    this.#left = [];
    this.#early = [];
    this.#answers.clear();
    this.#bar?.remove();
    this.#bar = null;
    this.#stays = 0;
  }

  /** Has every caption been shown whose record the picture has reached? */
  get isDone() { return !this.#early.length; }

  /** @param {{records: Rec[], past: boolean}} shown */
  #take({ records, past }) {
    if (past) return;
    this.#wait(records, false);
  }

  /** @param {Rec[]} records @param {boolean} isDot */
  #wait(records, isDot) {
    const captioned = records.filter((record) => this.#captionOf(record, isDot) >= 0);
    if (!captioned.length) return;
    this.#early.push(...captioned.map((record) => ({ record, isDot })));
    this.#looking ||= setTimeout(this.#look);
  }

  /** A record without a dot is due when the dots of its trace have reached its place; and only one stop at a time. */
  #look = () => {
    const early = this.#early;
    this.#early = [];
    for (const each of early.sort((a, b) => compareCursors(a.record.id, b.record.id))) {
      const isDue = each.isDot || this.#picture.hasReached(each.record);
      if (this.#store.frozen && !this.#isHeld) this.#early.push(each);
      else if (!isDue || this.#early.length) this.#early.push(each); // in the order of the records
      else if (this.#now() < this.#stays) this.#hold(each);
      else this.#show(each.record, each.isDot);
    }
    this.#looking = this.#early.length && setTimeout(this.#look, LOOK_EVERY_MS);
  };

  /** It is due while the one before it is still being read. If it is a stop, the picture waits for it. @param {{record: Rec, isDot: boolean}} each */
  #hold(each) {
    this.#early.push(each);
    const found = this.#captionOf(each.record, each.isDot);
    if (found < 0 || !this.#left[found].stop || this.#isHeld) return;
    this.#isHeld = true;
    this.#store.freeze(true);
  }

  /** @param {Rec} record @param {boolean} isDot */
  #captionOf(record, isDot) {
    if (record.at < this.#since) return -1;
    return this.#left.findIndex(({ when }) => isSeenAsDot(when) === isDot && fits(when, record));
  }

  /** @param {Rec} record @param {boolean} isDot */
  #show(record, isDot) {
    const found = this.#captionOf(record, isDot);
    if (found < 0) return;
    const [caption] = this.#left.splice(found, 1);
    this.#say(caption, record.run);
  }

  /** @param {Caption} caption @param {string} [run] */
  #say({ say, stop, read }, run) {
    this.#bar?.remove();
    const words = element('span', {});
    words.append(...say.cloneNode(true).childNodes);
    const length = (say.textContent ?? '').split(/\s+/).length;
    this.#stays = stop ? 0 : this.#now() + Math.min(LONGEST_MS, Math.max(SHORTEST_MS, length * WORD_MS)); // a stop: until the reader goes on
    const bar = this.#bar = element('div', { class: 'run-caption', role: 'status' }, words);
    this.#reading = () => {
      const value = read && this.#answers.get(run)?.[read]; // an error has none
      if (value !== undefined && value !== null && value !== '') this.#readOut(words, `${read}: ${value}`);
    };
    this.#reading();
    one(this.#stage, '.caption').before(bar);
    if (!stop) return;
    this.#isHeld = false;
    this.#store.freeze(true);
    const go = element('button', { type: 'button', class: 'small', 'data-go-on': true }, 'Go on');
    go.addEventListener('click', () => this.#store.freeze(false));
    bar.append(go);
    if (document.activeElement === document.body || document.activeElement?.closest('[data-run-step]')) go.focus({ preventScroll: true });
  }

  /** Once: the answer may arrive before its dot, or after it. @param {HTMLElement} words @param {string} line */
  #readOut(words, line) {
    words.append(' ', element('code', {}, line));
    this.#reading = () => {};
  }
}
