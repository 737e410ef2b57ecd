// A long list that has elements only for the rows in sight. All rows have the same height.
// A listbox, as the ARIA Authoring Practices describe it: arrows, Home, End, pages, Enter.

import { element, targetOf } from '../../dom.js';
import { nextFrame } from '../../frames.js';
import { onKey } from '../../keys.js';

const BEYOND = 6; // rows drawn above and below what is seen

/** @typedef {import('../../state/types.js').Rec} Item */

export class RowWindow {
  #place; #inner; #row; #open;
  /** @type {Item[]} */
  #items = []; // newest first
  /** @type {Map<string, HTMLElement>} */
  #rows = new Map(); // by id
  /** @type {string|null} */
  #chosen = null; // id
  #top = 0; // scroll offset; reading it from the browser would cost a layout of the page, and so would
  #seen = 0; // the height of the list
  #height = 0; // of a row

  /**
   * @param {HTMLElement} place  scrolls, has the role listbox and --row, the height of a row
   * @param {{row: (item: Item) => HTMLElement, open: (item: Item) => void}} how
   */
  constructor(place, { row, open }) {
    this.#place = place;
    this.#row = row;
    this.#open = open;
    this.#inner = element('div', { role: 'presentation', class: 'rows' });
    place.append(this.#inner);
    place.addEventListener('scroll', () => {
      this.#top = place.scrollTop;
      nextFrame(this.#draw);
    }, { passive: true });
    onKey(place, (event) => this.#press(event));
    place.addEventListener('click', (event) => this.#pressed(targetOf(event).closest('[role=option]')));
    new ResizeObserver(([{ contentRect }]) => {
      this.#seen = contentRect.height;
      this.#height = parseFloat(getComputedStyle(place).getPropertyValue('--row'));
      nextFrame(this.#draw);
    }).observe(place);
  }

  /** Is the first row in sight, so that new ones may come above it? */
  get isAtTop() { return this.#top < 4 && !this.#isChosenBelow; }

  get #isChosenBelow() { return this.#chosen !== null && this.#items.length > 0 && this.#chosen !== this.#items[0].id && document.activeElement === this.#place; }

  /** @param {Item[]} items  newest first */
  show(items) {
    this.#items = items;
    if (this.#chosen !== null && !items.some((item) => item.id === this.#chosen)) this.#chosen = null;
    nextFrame(this.#draw);
  }

  /** Draw every row anew. */
  redraw() {
    this.#rows.clear();
    this.#inner.replaceChildren();
    nextFrame(this.#draw);
  }

  toTop() {
    this.#chosen = null;
    this.#place.scrollTop = this.#top = 0;
  }

  #draw = () => {
    const height = this.#height;
    if (!height) return;
    const first = Math.max(0, Math.floor(this.#top / height) - BEYOND);
    const last = Math.min(this.#items.length, Math.ceil((this.#top + this.#seen) / height) + BEYOND);
    this.#inner.style.height = `${this.#items.length * height}px`;
    const seen = this.#items.slice(first, last);
    const ids = new Set(seen.map((item) => item.id));
    for (const [id, row] of this.#rows) {
      if (ids.has(id)) continue;
      row.remove();
      this.#rows.delete(id);
    }
    seen.forEach((item, n) => this.#put(item, first + n, height));
    const active = this.#rows.get(this.#chosen ?? '');
    if (active) this.#place.setAttribute('aria-activedescendant', active.id);
    else this.#place.removeAttribute('aria-activedescendant');
  };

  /** @param {Item} item @param {number} index @param {number} height */
  #put(item, index, height) {
    const row = this.#rows.get(item.id) ?? this.#make(item);
    row.style.transform = `translateY(${index * height}px)`;
    const values = { 'aria-setsize': this.#items.length, 'aria-posinset': index + 1, 'aria-selected': item.id === this.#chosen };
    for (const [name, value] of Object.entries(values)) if (row.getAttribute(name) !== String(value)) row.setAttribute(name, String(value));
  }

  /** @param {Item} item */
  #make(item) {
    const row = this.#row(item);
    row.setAttribute('role', 'option');
    row.id = `row-${item.id}`;
    row.dataset.record = item.id;
    this.#rows.set(item.id, row);
    this.#inner.append(row);
    return row;
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const here = this.#items.findIndex((item) => item.id === this.#chosen);
    const page = Math.max(1, Math.floor(this.#seen / this.#height) - 1);
    const to = {
      ArrowDown: here + 1, ArrowUp: here - 1, PageDown: Math.max(0, here) + page, PageUp: here - page,
      Home: 0, End: this.#items.length - 1,
    }[event.key];
    if (to !== undefined && this.#items.length) {
      event.preventDefault();
      this.#choose(Math.min(this.#items.length - 1, Math.max(0, to)));
    } else if (event.key === 'Enter' && here >= 0) {
      event.preventDefault();
      this.#open(this.#items[here]);
    }
  }

  /** @param {number} index */
  #choose(index) {
    const height = this.#height;
    this.#chosen = this.#items[index].id;
    const { scrollTop, clientHeight } = this.#place;
    if (index * height < scrollTop) this.#place.scrollTop = index * height;
    if ((index + 1) * height > scrollTop + clientHeight) this.#place.scrollTop = (index + 1) * height - clientHeight;
    this.#top = this.#place.scrollTop;
    this.#draw();
  }

  /** @param {Element|null} row */
  #pressed(row) {
    const index = row ? this.#items.findIndex((item) => row === this.#rows.get(item.id)) : -1;
    if (index < 0) return;
    this.#choose(index);
    this.#open(this.#items[index]);
  }
}
