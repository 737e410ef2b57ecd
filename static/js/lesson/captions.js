// Captions bound to records: each is shown once in a run, when its record is, and may hold the picture.

import { element } from '../dom.js';
import { fits, isSeenTravelling } from './matching.js';

const LOOK_EVERY_MS = 100;

export class Captions {
  #store; #picture; #stage; #left = []; #bar = null; #since = 0;
  #early = []; // {record, isTravelling}: the picture has not come to it yet, or stands still
  #looking = 0;
  #answers = new Map(); // run -> what the customer was answered
  #reading = () => {};

  constructor(store, picture, stage, actions) {
    this.#store = store;
    this.#picture = picture;
    this.#stage = stage;
    store.addEventListener('records', ({ detail }) => this.#take(detail));
    actions.addEventListener('answered', ({ detail: { headers, data } }) => {
      this.#answers.set(headers.get('x-inflight-run'), data);
      this.#reading();
    });
    picture.addEventListener('depart', ({ detail: records }) => this.#wait(records, true));
    store.addEventListener('time', () => { if (!this.#store.frozen) this.#bar?.querySelector('button')?.remove(); });
  }

  /** @param {{when: object, say: HTMLElement, stop: boolean, read: string|null}[]} stops */
  begin(stops) {
    this.clear();
    this.#since = Date.now() / 1000 - 2; // two clocks
    this.#left = [...stops];
  }

  clear() {
    this.#left = [];
    this.#early = [];
    this.#answers.clear();
    this.#bar?.remove();
    this.#bar = null;
  }

  #take({ records, past }) {
    if (past) return;
    this.#wait(records, false);
  }

  #wait(records, isTravelling) {
    const told = records.filter((record) => this.#captionOf(record, isTravelling) >= 0);
    if (!told.length) return;
    this.#early.push(...told.map((record) => ({ record, isTravelling })));
    this.#looking ||= setTimeout(this.#look);
  }

  /** What travels nowhere is told when the dots have come to where it happened; and one stop at a time. */
  #look = () => {
    const early = this.#early;
    this.#early = [];
    for (const one of early) {
      if (this.#store.frozen || !(one.isTravelling || this.#picture.hasReached(one.record))) this.#early.push(one);
      else this.#show(one.record, one.isTravelling);
    }
    this.#looking = this.#early.length && setTimeout(this.#look, LOOK_EVERY_MS);
  };

  #captionOf(record, isTravelling) {
    if (record.at < this.#since) return -1;
    return this.#left.findIndex(({ when }) => isSeenTravelling(when) === isTravelling && fits(when, record));
  }

  #show(record, isTravelling) {
    const found = this.#captionOf(record, isTravelling);
    if (found < 0) return;
    const [caption] = this.#left.splice(found, 1);
    this.#say(caption, record.run);
  }

  #say({ say, stop, read }, run) {
    this.#bar?.remove();
    const words = element('span', {});
    words.append(...say.cloneNode(true).childNodes);
    this.#bar = element('div', { class: 'run-caption', role: 'status' }, words);
    this.#reading = () => {
      const value = read && this.#answers.get(run)?.[read]; // a refusal has none
      if (value !== undefined && value !== null) this.#readOut(words, `${read}: ${value}`);
    };
    this.#reading();
    this.#stage.querySelector('.caption').before(this.#bar);
    if (!stop) return;
    this.#store.freeze(true);
    const go = element('button', { type: 'button', class: 'small', 'data-go-on': true }, 'Go on');
    go.addEventListener('click', () => this.#store.freeze(false));
    this.#bar.append(go);
  }

  /** Once: its answer may have come before the dot, or after it. */
  #readOut(words, line) {
    words.append(' ', element('code', {}, line));
    this.#reading = () => {};
  }
}
