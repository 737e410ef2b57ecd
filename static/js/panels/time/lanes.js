// Which lanes are shown, and in which order: stored in this browser.

import { all as allOf, element } from '../../dom.js';
import { onKey } from '../../keys.js';
import { browserMemory } from '../../memory.js';
import { arranged, moved } from '../../state/spacetime/lanes.js';
import { laneTitle } from '../../state/spacetime/words.js';

const KEY = 'inflight.lanes';

/** @typedef {import('../../state/spacetime/layout.js').Lane} Lane @typedef {{order: string[], hidden: string[]}} Arrangement */

/** Events: `change`. */
export class Lanes extends EventTarget {
  #arrangement = remembered();
  #list;
  /** @type {Lane[]} */
  #all = [];
  #drawn = '';

  /** @param {HTMLElement} list an empty ol */
  constructor(list) {
    super();
    this.#list = list;
  }

  /** The lanes to be shown, in their order. @param {Lane[]} lanes */
  of(lanes) {
    const { all, shown } = arranged(lanes, this.#arrangement);
    this.#all = all;
    this.#show();
    return shown;
  }

  reset() {
    this.#keep({ order: [], hidden: [] });
  }

  /** @param {string} id @param {number} by */
  move(id, by) {
    this.#keep({ ...this.#arrangement, order: moved(this.#all, id, by) });
  }

  /** @param {string} id @param {boolean} isShown */
  #toggle(id, isShown) {
    const hidden = this.#arrangement.hidden.filter((one) => one !== id);
    this.#keep({ ...this.#arrangement, hidden: isShown ? hidden : [...hidden, id] });
  }

  /** @param {Arrangement} arrangement */
  #keep(arrangement) {
    this.#arrangement = arrangement;
    browserMemory.set(KEY, JSON.stringify(arrangement));
    this.dispatchEvent(new Event('change'));
  }

  /** Redrawn only if it differs, so that a focused button stays. */
  #show() {
    const drawn = JSON.stringify([this.#all.map((lane) => lane.id), this.#arrangement.hidden]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    const focused = /** @type {HTMLElement|null} */ (document.activeElement)?.dataset.laneControl;
    this.#list.replaceChildren(...this.#all.map((lane, i) => this.#line(lane, i)));
    if (focused) allOf(this.#list, `[data-lane-control="${CSS.escape(focused)}"]`)[0]?.focus();
  }

  /** @param {Lane} lane @param {number} i */
  #line(lane, i) {
    const name = laneTitle(lane);
    const box = element('input', { type: 'checkbox', 'data-lane-control': `show ${lane.id}`, checked: !this.#arrangement.hidden.includes(lane.id) });
    box.addEventListener('change', () => this.#toggle(lane.id, box.checked));
    const step = (/** @type {number} */ by, /** @type {string} */ sign, /** @type {string} */ words) => {
      const button = element('button', { type: 'button', class: 'small', 'data-lane-control': `${words} ${lane.id}`, 'aria-label': `Move ${name} ${words}`, 'aria-disabled': String(i + by < 0 || i + by >= this.#all.length) }, sign);
      button.addEventListener('click', () => this.move(lane.id, by));
      return button;
    };
    const line = element('li', { 'data-lane-line': lane.id }, element('label', {}, box, name), step(-1, '↑', 'up'), step(1, '↓', 'down'));
    onKey(line, (event) => {
      const by = { ArrowUp: -1, ArrowDown: 1 }[event.key] ?? 0;
      if (!by) return;
      event.preventDefault();
      this.move(lane.id, by);
    }, { withAlt: true });
    return line;
  }
}

/** @returns {Arrangement} */
function remembered() {
  const { order, hidden } = browserMemory.json(KEY) ?? {};
  return Array.isArray(order) && Array.isArray(hidden) ? { order, hidden } : { order: [], hidden: [] };
}
