// A long list of which only the rows in sight exist: all rows are equally high.
// A listbox, as the ARIA Authoring Practices describe it: arrows, Home, End, pages, Enter.

import { element } from '../../dom.js';
import { nextFrame } from '../../frames.js';

const BEYOND = 6; // rows drawn above and below what is seen

export class RowWindow {
  #place; #inner; #row; #open;
  #items = []; // newest first
  #rows = new Map(); // id -> element
  #chosen = null; // id
  #top = 0; #seen = 0; // scrolled by, and how high it is: asking the browser would have it lay out the page
  #height = 0; // of a row

  /**
   * @param {HTMLElement} place  scrolls, has the role listbox and --row, the height of a row
   * @param {{row: (item: any) => HTMLElement, open: (item: any) => void}} how
   */
  constructor(place, { row, open }) {
    [this.#place, this.#row, this.#open] = [place, row, open];
    this.#inner = element('div', { role: 'presentation', class: 'rows' });
    place.append(this.#inner);
    place.addEventListener('scroll', () => {
      this.#top = place.scrollTop;
      nextFrame(this.#draw);
    }, { passive: true });
    place.addEventListener('keydown', (event) => this.#press(event));
    place.addEventListener('click', ({ target }) => this.#pressed(target.closest('[role=option]')));
    new ResizeObserver(([{ contentRect }]) => {
      this.#seen = contentRect.height;
      this.#height = parseFloat(getComputedStyle(place).getPropertyValue('--row'));
      nextFrame(this.#draw);
    }).observe(place);
  }

  /** Is the first row in sight, so that new ones may come above it? */
  get isAtTop() { return this.#top < 4 && !this.#isChosenBelow; }

  get #isChosenBelow() { return this.#chosen !== null && this.#items.length > 0 && this.#chosen !== this.#items[0].id && document.activeElement === this.#place; }

  /** @param {{id: string}[]} items  newest first */
  show(items) {
    this.#items = items;
    if (this.#chosen !== null && !items.some((item) => item.id === this.#chosen)) this.#chosen = null;
    nextFrame(this.#draw);
  }

  /** Draw every row anew: it looks different now. */
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
    const active = this.#rows.get(this.#chosen);
    if (active) this.#place.setAttribute('aria-activedescendant', active.id);
    else this.#place.removeAttribute('aria-activedescendant');
  };

  #put(item, index, height) {
    let row = this.#rows.get(item.id);
    if (!row) {
      row = this.#row(item);
      row.setAttribute('role', 'option');
      row.id = `row-${item.id}`;
      row.dataset.record = item.id;
      this.#rows.set(item.id, row);
      this.#inner.append(row);
    }
    row.style.transform = `translateY(${index * height}px)`;
    const told = { 'aria-setsize': this.#items.length, 'aria-posinset': index + 1, 'aria-selected': item.id === this.#chosen };
    for (const [name, value] of Object.entries(told)) if (row.getAttribute(name) !== String(value)) row.setAttribute(name, value);
  }

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

  #choose(index) {
    const height = this.#height;
    this.#chosen = this.#items[index].id;
    const { scrollTop, clientHeight } = this.#place;
    if (index * height < scrollTop) this.#place.scrollTop = index * height;
    if ((index + 1) * height > scrollTop + clientHeight) this.#place.scrollTop = (index + 1) * height - clientHeight;
    this.#top = this.#place.scrollTop;
    this.#draw();
  }

  #pressed(row) {
    const index = row ? this.#items.findIndex((item) => item.id === row.dataset.record) : -1;
    if (index < 0) return;
    this.#choose(index);
    this.#open(this.#items[index]);
  }
}
