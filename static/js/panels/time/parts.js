// The parts of the diagram that can be pressed: made once, moved at each drawing, with one tab stop.

import { svg, targetOf } from '../../dom.js';
import { onKey } from '../../keys.js';

/** @type {Object<string, [number, number]>} */
const TOWARDS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

/**
 * @typedef {import('../../state/types.js').Rec} Rec
 * @typedef {['path'|'rect'|'text', Object<string, string|number>, string?]} Shape  tag, attributes, words
 * @typedef {{key: string, record: Rec, label: string, classes: string, data: Object<string, string|number|undefined>, shapes: Shape[]}} Part
 * @typedef {{group: SVGElement, record: Rec|null, drawn: string}} Known
 */

export class Parts {
  #root; #layers; #open;
  /** @type {Map<string, Known>} */
  #known = new Map(); // by layer and key
  #current = '';

  /** @param {SVGElement} root @param {Object<string, SVGElement>} layers @param {(record: Rec) => void} open */
  constructor(root, layers, open) {
    this.#root = root;
    this.#layers = layers;
    this.#open = open;
    root.addEventListener('click', (event) => this.#press(partOf(event)));
    onKey(root, (event) => this.#key(event));
    root.addEventListener('focusin', (event) => this.#enter(partOf(event)));
  }

  /** @param {string} name  of the layer @param {Part[]} wanted */
  draw(name, wanted) {
    const layer = this.#layers[name];
    const drawn = new Set();
    for (const part of wanted) {
      const id = `${name} ${part.key}`;
      const known = this.#known.get(id) ?? this.#make(layer, id);
      drawn.add(known.group);
      this.#update(known, part);
    }
    for (const group of /** @type {SVGElement[]} */ ([...layer.children])) {
      if (!drawn.has(group)) {
        // If the focused part is panned out of sight, the diagram takes the focus.
        if (group === document.activeElement) this.#root.focus({ preventScroll: true });
        this.#known.delete(group.dataset.part ?? '');
        group.remove();
      }
    }
    this.#keepOneTabStop();
  }

  /** @param {SVGElement} layer @param {string} id @returns {Known} */
  #make(layer, id) {
    const group = svg('g', { role: 'button', tabindex: -1, 'data-part': id });
    layer.append(group);
    const made = { group, record: null, drawn: '' };
    this.#known.set(id, made);
    return made;
  }

  /** @param {Known} known @param {Part} part */
  #update(known, { record, label, classes, data, shapes }) {
    known.record = record;
    const drawn = JSON.stringify([classes, label, shapes]);
    if (drawn === known.drawn) return;
    known.drawn = drawn;
    const { group } = known;
    group.setAttribute('class', classes);
    group.setAttribute('aria-label', label);
    Object.assign(group.dataset, Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined).map(([name, value]) => [name, String(value)])));
    group.dataset.record = record.id;
    group.replaceChildren(svg('title', {}, label), ...shapes.map(([tag, values, words]) => svg(tag, values, words)));
  }

  #keepOneTabStop() {
    if (this.#known.has(this.#current)) return;
    const [first] = this.#known.keys();
    this.#current = first ?? '';
    this.#known.get(this.#current)?.group.setAttribute('tabindex', '0');
  }

  /** @param {SVGElement|null} group */
  #enter(group) {
    if (!group || group.dataset.part === this.#current) return;
    this.#known.get(this.#current)?.group.setAttribute('tabindex', '-1');
    this.#current = group.dataset.part ?? '';
    group.setAttribute('tabindex', '0');
  }

  /** @param {SVGElement|null} group */
  #press(group) {
    const record = this.#known.get(group?.dataset.part ?? '')?.record;
    if (record) this.#open(record);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const group = partOf(event);
    if (!group && TOWARDS[event.key] && !event.shiftKey) return this.#known.get(this.#current)?.group.focus();
    if (!group) return;
    if (event.key === 'Enter' || event.key === ' ') this.#press(group);
    else if (TOWARDS[event.key] && !event.shiftKey) this.#go(group, TOWARDS[event.key]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** To the nearest part in that direction. @param {SVGElement} from @param {[number, number]} direction */
  #go(from, [dx, dy]) {
    const here = centre(from);
    /** @type {SVGElement|null} */
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

/** @param {Event} event */
const partOf = (event) => /** @type {SVGElement|null} */ (targetOf(event).closest('[data-part]'));

/** @param {Element} part */
function centre(part) {
  const box = part.getBoundingClientRect();
  return { x: box.x + Math.min(box.width / 2, 60), y: box.y + box.height / 2 };
}
