// Mermaid's drawing of the company, and where in it each node and arrow is.

import { element, svg } from '../dom.js';

/** An SVG from the Mermaid frame, with its parts by name. */
export class Diagram {
  #spots = new Map(); // measured once: the drawing does not change
  #boxes = new Map();
  #labels = new Map();

  /** @param {SVGSVGElement} drawing @param {object} frame  the `diagram` frame it was made from */
  constructor(drawing, frame) {
    this.svg = drawing;
    this.meaning = new Map([...frame.nodes, ...frame.edges].map((part) => [part.id, part]));
    this.nodes = new Map();
    this.paths = new Map();
    for (const group of drawing.querySelectorAll('g.node')) {
      const name = /flowchart-(.*)-\d+$/.exec(group.id)?.[1];
      if (name) this.nodes.set(name, group);
    }
    for (const path of drawing.querySelectorAll('path[data-edge="true"]')) {
      if (this.meaning.has(path.dataset.id)) this.paths.set(path.dataset.id, path);
      else path.remove(); // it only kept two nodes apart
    }
    this.#dress();
  }

  /** An empty picture of the same size, for what moves above it. */
  overlay(className) {
    return svg('svg', { class: `mm over ${className}`, viewBox: this.svg.getAttribute('viewBox'), 'aria-hidden': 'true' });
  }

  /**
   * A place above it in which a pixel is a unit of the drawing, wherever that is and however large:
   * for elements of HTML, since the parts of an SVG have no layer of their own to be moved in.
   */
  ground(className) {
    const place = element('div', { class: `over ${className}`, 'aria-hidden': 'true' });
    const { x, y, width, height } = this.svg.viewBox.baseVal;
    new ResizeObserver(([{ contentRect: seen }]) => {
      const scale = Math.min(seen.width / width, seen.height / height);
      const [left, top] = [(seen.width - scale * width) / 2 - x * scale, (seen.height - scale * height) / 2 - y * scale];
      place.style.transform = `translate(${left}px,${top}px) scale(${scale})`;
    }).observe(this.svg);
    return place;
  }

  /** The nodes that others of the company call: the customer's own requests go through no breaker. */
  get callees() {
    const calls = [...this.paths.keys()].map((id) => this.meaning.get(id)).filter(({ from, style }) => style === 'call' && from !== 'customer');
    return [...new Set(calls.map(({ to }) => to))];
  }

  /** Give labels their places: one above the other, over or under their node. */
  put(labels) {
    const taken = new Map();
    return labels.flatMap((label) => {
      const spot = this.#spot(label);
      if (!spot) return [];
      const row = `${label.at} ${label.side}`;
      const offset = taken.get(row) ?? 0;
      taken.set(row, offset + (label.small ? 15 : 20) + (label.slots ? 10 : 0));
      return [{ ...label, x: spot.x, y: spot.y + (label.side === 'above' ? -offset - (label.slots ? 12 : 0) : offset) }];
    });
  }

  #spot({ at, side, small }) {
    const key = `${at} ${side} ${small}`;
    if (!this.#spots.has(key)) this.#spots.set(key, this.#measure(at, side, small));
    return this.#spots.get(key);
  }

  #measure(at, side, small) {
    if (!this.nodes.has(at)) return null;
    const box = this.#boxes.get(at);
    return { x: box.x + box.width / 2, y: side === 'above' ? box.y - 8 : box.y + box.height + (small ? 6 : 9) };
  }

  /** All nodes, once it is on the page: later each would have the whole page laid out in the midst of a burst. */
  measure() {
    for (const name of this.nodes.keys()) this.#boxes.set(name, this.#boxOf(name));
  }

  /** The box of a node, in the drawing's own units. */
  #boxOf(name) {
    const node = this.nodes.get(name);
    const inner = node.querySelector('.label-container, .basic, rect, path').getBBox();
    const move = node.transform.baseVal.consolidate()?.matrix ?? { e: 0, f: 0 };
    const shift = node.querySelector('.label-container, .basic')?.transform?.baseVal.consolidate()?.matrix ?? { e: 0, f: 0 };
    return { x: inner.x + move.e + shift.e, y: inner.y + move.f + shift.f, width: inner.width, height: inner.height };
  }

  /** Write a queue's depth where Mermaid has put its label. */
  label(name, text) {
    if (!this.#labels.has(name)) {
      this.#labels.set(name, this.nodes.get(name)?.querySelector('.label tspan tspan, .label tspan:not(:has(tspan))') ?? null);
      for (const rest of [...this.nodes.get(name)?.querySelectorAll('.label tspan tspan') ?? []].slice(1)) rest.remove();
    }
    const place = this.#labels.get(name);
    if (place && place.textContent !== text) place.textContent = text;
  }

  #dress() {
    this.svg.classList.add('mm', 'topo');
    this.svg.removeAttribute('aria-labelledby');
    for (const [id, group] of this.nodes) {
      const meaning = this.meaning.get(id);
      group.classList.add(`kind-${meaning?.kind ?? 'service'}`);
      group.dataset.node = id;
    }
    for (const [id, path] of this.paths) {
      const meaning = this.meaning.get(id);
      path.classList.add(`style-${meaning?.style}`);
      const grip = path.cloneNode(); // a line is too thin for a finger
      grip.removeAttribute('id');
      grip.removeAttribute('marker-end');
      grip.removeAttribute('data-edge');
      grip.setAttribute('class', `grip${meaning?.flippable.length ? ' flippable' : ''}`);
      grip.dataset.grip = id;
      path.after(grip);
    }
  }
}
