// Captions bound to records: each is shown once in a run, when its record is, and may hold the picture.

import { element } from '../dom.js';
import { fits, isSeenTravelling } from './matching.js';

export class Captions {
  #store; #picture; #stage; #left = []; #bar = null; #since = 0;

  constructor(store, picture, stage) {
    this.#store = store;
    this.#picture = picture;
    this.#stage = stage;
    store.addEventListener('records', ({ detail }) => this.#take(detail));
    picture.addEventListener('show', ({ detail: record }) => this.#show(record, true));
    store.addEventListener('time', () => { if (!this.#store.frozen) this.#bar?.querySelector('button')?.remove(); });
  }

  /** @param {{when: object, html: string, stop: boolean}[]} stops */
  begin(stops) {
    this.clear();
    this.#since = Date.now() / 1000 - 2; // two clocks
    this.#left = [...stops];
  }

  clear() {
    this.#left = [];
    this.#bar?.remove();
    this.#bar = null;
  }

  #take({ records, past }) {
    if (past) return;
    for (const record of records) this.#show(record, false);
  }

  #show(record, isTravelling) {
    if (record.at < this.#since) return;
    const found = this.#left.findIndex(({ when }) => isSeenTravelling(when) === isTravelling && fits(when, record));
    if (found < 0) return;
    const [caption] = this.#left.splice(found, 1);
    this.#say(caption);
  }

  #say({ say, stop }) {
    this.#bar?.remove();
    const words = element('span', {});
    words.append(...say.cloneNode(true).childNodes);
    this.#bar = element('div', { class: 'told', role: 'status' }, words);
    this.#stage.querySelector('.caption').before(this.#bar);
    if (!stop) return;
    this.#store.freeze(true);
    const go = element('button', { type: 'button', class: 'small', 'data-go-on': true }, 'Go on');
    go.addEventListener('click', () => this.#store.freeze(false));
    this.#bar.append(go);
  }
}
