// Which lanes are shown, and in which order: kept in this browser.

import { element } from '../../dom.js';
import { arranged, moved } from '../../state/spacetime/lanes.js';
import { laneTitle } from '../../state/spacetime/words.js';

const KEY = 'inflight.lanes';

/** Events: `change`. */
export class Lanes extends EventTarget {
  #wish = remembered(); #list; #all = []; #drawn = '';

  /** @param {HTMLElement} list an empty ol */
  constructor(list) {
    super();
    this.#list = list;
  }

  /** The lanes to be shown, in their order. */
  of(lanes) {
    const { all, shown } = arranged(lanes, this.#wish);
    this.#all = all;
    this.#show();
    return shown;
  }

  reset() {
    this.#keep({ order: [], hidden: [] });
  }

  move(id, by) {
    this.#keep({ ...this.#wish, order: moved(this.#all, id, by) });
  }

  #toggle(id, isShown) {
    const hidden = this.#wish.hidden.filter((one) => one !== id);
    this.#keep({ ...this.#wish, hidden: isShown ? hidden : [...hidden, id] });
  }

  #keep(wish) {
    this.#wish = wish;
    try { localStorage.setItem(KEY, JSON.stringify(wish)); } catch { /* it holds until the page is left */ }
    this.dispatchEvent(new Event('change'));
  }

  /** Only made anew if it differs: a focused button must stay. */
  #show() {
    const drawn = JSON.stringify([this.#all.map((lane) => lane.id), this.#wish.hidden]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    const focused = document.activeElement?.dataset.laneControl;
    this.#list.replaceChildren(...this.#all.map((lane, i) => this.#line(lane, i)));
    if (focused) this.#list.querySelector(`[data-lane-control="${CSS.escape(focused)}"]`)?.focus();
  }

  #line(lane, i) {
    const name = laneTitle(lane);
    const box = element('input', { type: 'checkbox', 'data-lane-control': `show ${lane.id}`, checked: !this.#wish.hidden.includes(lane.id) });
    box.addEventListener('change', () => this.#toggle(lane.id, box.checked));
    const step = (by, sign, words) => {
      const button = element('button', { type: 'button', class: 'small', 'data-lane-control': `${words} ${lane.id}`, 'aria-label': `Move ${name} ${words}`, 'aria-disabled': String(i + by < 0 || i + by >= this.#all.length) }, sign);
      button.addEventListener('click', () => this.move(lane.id, by));
      return button;
    };
    const line = element('li', { 'data-lane-line': lane.id }, element('label', {}, box, name), step(-1, '↑', 'up'), step(1, '↓', 'down'));
    line.addEventListener('keydown', (event) => {
      const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (!by || !event.altKey) return;
      event.preventDefault();
      this.move(lane.id, by);
    });
    return line;
  }
}

function remembered() {
  try {
    const { order, hidden } = JSON.parse(localStorage.getItem(KEY));
    if (Array.isArray(order) && Array.isArray(hidden)) return { order, hidden };
  } catch { /* nothing, or nothing that we know */ }
  return { order: [], hidden: [] };
}
