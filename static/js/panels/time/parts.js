// The parts of the diagram that can be pressed: made once, moved at each drawing, one tab stop.

import { svg } from '../../dom.js';

const TOWARDS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

export class Parts {
  #root; #layers; #open; #known = new Map(); #current = '';

  /** @param {SVGElement} root @param {Object<string, SVGElement>} layers @param {(record: object) => void} open */
  constructor(root, layers, open) {
    this.#root = root;
    this.#layers = layers;
    this.#open = open;
    root.addEventListener('click', ({ target }) => this.#press(target.closest('[data-part]')));
    root.addEventListener('keydown', (event) => this.#key(event));
    root.addEventListener('focusin', ({ target }) => this.#enter(target.closest('[data-part]')));
  }

  /** @param {{key: string, record: object, label: string, classes: string, data: object, shapes: [string, object, string?][]}[]} wanted */
  draw(name, wanted) {
    const layer = this.#layers[name];
    const drawn = new Set();
    for (const part of wanted) {
      const id = `${name} ${part.key}`;
      const known = this.#known.get(id) ?? this.#make(layer, id);
      drawn.add(known.group);
      this.#update(known, part);
    }
    for (const group of [...layer.children]) {
      if (!drawn.has(group)) {
        // Who has panned it away must still be heard: the diagram takes the focus.
        if (group === document.activeElement) this.#root.focus({ preventScroll: true });
        this.#known.delete(group.dataset.part);
        group.remove();
      }
    }
    this.#keepOneTabStop();
  }

  #make(layer, id) {
    const group = svg('g', { role: 'button', tabindex: -1, 'data-part': id });
    layer.append(group);
    const made = { group, record: null, drawn: '' };
    this.#known.set(id, made);
    return made;
  }

  #update(known, { record, label, classes, data, shapes }) {
    known.record = record;
    const drawn = JSON.stringify([classes, label, shapes]);
    if (drawn === known.drawn) return;
    known.drawn = drawn;
    const { group } = known;
    group.setAttribute('class', classes);
    group.setAttribute('aria-label', label);
    Object.assign(group.dataset, Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined)));
    group.dataset.record = record.id;
    group.replaceChildren(svg('title', {}, label), ...shapes.map(([tag, values, words]) => svg(tag, values, words)));
  }

  #keepOneTabStop() {
    if (this.#known.has(this.#current)) return;
    const [first] = this.#known.keys();
    this.#current = first ?? '';
    this.#known.get(this.#current)?.group.setAttribute('tabindex', 0);
  }

  #enter(group) {
    if (!group || group.dataset.part === this.#current) return;
    this.#known.get(this.#current)?.group.setAttribute('tabindex', -1);
    this.#current = group.dataset.part;
    group.setAttribute('tabindex', 0);
  }

  #press(group) {
    if (group) this.#open(this.#known.get(group.dataset.part).record);
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const group = event.target.closest('[data-part]');
    if (!group && TOWARDS[event.key] && !event.shiftKey) return this.#known.get(this.#current)?.group.focus();
    if (!group) return;
    if (event.key === 'Enter' || event.key === ' ') this.#press(group);
    else if (TOWARDS[event.key] && !event.shiftKey) this.#go(group, TOWARDS[event.key]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** To the nearest part in that direction. */
  #go(from, [dx, dy]) {
    const here = centre(from);
    let best = null;
    let least = Infinity;
    for (const { group } of this.#known.values()) {
      const there = centre(group);
      const along = (there.x - here.x) * dx + (there.y - here.y) * dy;
      const aside = Math.abs((there.x - here.x) * dy) + Math.abs((there.y - here.y) * dx);
      if (group !== from && along > 1 && along + 2 * aside < least) [best, least] = [group, along + 2 * aside];
    }
    best?.focus();
  }
}

function centre(part) {
  const box = part.getBoundingClientRect();
  return { x: box.x + Math.min(box.width / 2, 60), y: box.y + box.height / 2 };
}
