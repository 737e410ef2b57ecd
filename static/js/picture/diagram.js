// Mermaid's drawing of the company, and where in it each node and arrow is.

import { all, element, one, svg } from '../dom.js';
import { OTHERS } from './fold.js';

/**
 * @typedef {import('../state/types.js').TopologyNode} Node @typedef {import('../state/types.js').TopologyEdge} Edge
 * @typedef {import('./labels.js').Label} Label @typedef {{x: number, y: number, width: number, height: number}} Box
 */

const HANDLE_BEFORE_HEAD = 24;

/** An SVG from the Mermaid frame, with its parts by name. */
export class Diagram {
  /** @type {Map<string, Box>} */
  #boxes = new Map(); // measured once: the drawing does not change
  /** @type {Map<string, Element|null>} */
  #labels = new Map();
  /** @type {Map<string, Node>} */
  #nodes;
  /** @type {Map<string, Edge>} */
  #edges;

  /** @param {SVGSVGElement} drawing @param {import('./fold.js').Folded} folded  it was made from this */
  constructor(drawing, { frame, aliases, hidden }) {
    this.svg = drawing;
    this.#nodes = new Map(frame.nodes.map((node) => [node.id, node]));
    this.#edges = new Map(frame.edges.map((edge) => [edge.id, edge]));
    /** @type {Map<string, SVGGElement>} */
    this.nodes = new Map();
    /** @type {Map<string, SVGPathElement>} */
    this.paths = new Map();
    for (const group of /** @type {SVGGElement[]} */ (all(drawing, 'g.node'))) {
      const name = /flowchart-(.*)-\d+$/.exec(group.id)?.[1];
      if (name) this.nodes.set(name, group);
    }
    for (const path of /** @type {SVGPathElement[]} */ (all(drawing, 'path[data-edge="true"]'))) {
      const { id = '' } = path.dataset;
      if (this.#edges.has(id)) this.paths.set(id, path);
      else path.remove(); // it only keeps two nodes apart
    }
    this.#dress();
    for (const [id, drawn] of aliases) {
      const path = this.paths.get(drawn);
      if (path) this.paths.set(id, path);
    }
    this.hidden = hidden; // arrows within the box of folded services
  }

  /** @param {string} id */
  node(id) { return this.#nodes.get(id); }

  /** @param {string} id */
  edge(id) { return this.#edges.get(id); }

  get queues() { return [...this.#nodes.values()].filter(({ kind }) => kind === 'queue'); }

  /** @param {Edge} edge */
  nameOf({ from, to, style, flippable }) {
    const [source, target] = [from, to].map((id) => this.node(id)?.title);
    return `${style === 'call' ? 'Call' : 'Text'} from ${source} to ${target}${flippable.length ? ', can be flipped' : ''}`;
  }

  /** An empty picture of the same size, for labels above it. @param {string} className */
  overlay(className) {
    return svg('svg', { class: `mm over ${className}`, viewBox: this.svg.getAttribute('viewBox'), 'aria-hidden': 'true' });
  }

  /**
   * A place above it in which a pixel is a unit of the drawing, at any size: for HTML elements, since
   * only these get compositor layers of their own. @param {string} className
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

  /** The nodes that services call: the customer's own requests go through no breaker. */
  get callees() {
    const calls = [...this.#edges.values()].filter(({ id, from, style }) => this.paths.has(id) && style === 'call' && from !== 'customer');
    return [...new Set(calls.map(({ to }) => to))];
  }

  /** Give labels their places: one above the other, over or under their node. @param {Label[]} labels */
  put(labels) {
    /** @type {Map<string, number>} */
    const taken = new Map();
    return labels.flatMap((label) => {
      const box = this.#boxes.get(label.at);
      if (!box) return [];
      const isAbove = label.side === 'above';
      const row = `${label.at} ${label.side}`;
      const offset = taken.get(row) ?? 0;
      taken.set(row, offset + (label.small ? 15 : 20) + (label.slots ? 10 : 0));
      const y = isAbove ? box.y - 8 - offset - (label.slots ? 12 : 0) : box.y + box.height + (label.small ? 6 : 9) + offset;
      return [{ ...label, x: box.x + box.width / 2, y }];
    });
  }

  /** All nodes, once the drawing is on the page: later this would cost a layout of the page in the middle of a burst. */
  measure() {
    for (const [name, node] of this.nodes) this.#boxes.set(name, boxOf(node));
    for (const edge of this.#edges.values()) if (edge.flippable.length) this.#addHandle(edge);
  }

  /** Before the head of the arrow, where no other one shares its lane; above all lines, so that it is hit every time. @param {Edge} edge */
  #addHandle({ id }) {
    const path = this.paths.get(id);
    if (!path) return;
    const length = path.getTotalLength();
    const { x, y } = path.getPointAtLength(Math.max(length / 2, length - HANDLE_BEFORE_HEAD));
    const handle = svg('g', { class: 'handle', transform: `translate(${x} ${y})`, 'data-handle': id, 'aria-hidden': 'true' }, // keys reach the arrow itself
      svg('circle', { r: 8.5 }), svg('path', { d: 'M-4.5 -1.8H4M1.6 -4.2L4.2 -1.8M4.5 1.8H-4M-1.6 4.2L-4.2 1.8' }));
    this.svg.append(handle);
  }

  /** Write a queue's depth where Mermaid has put its label. @param {string} name @param {string} text */
  label(name, text) {
    if (!this.#labels.has(name)) {
      const node = this.nodes.get(name);
      this.#labels.set(name, node?.querySelector('.label tspan tspan, .label tspan:not(:has(tspan))') ?? null);
      for (const rest of node ? all(node, '.label tspan tspan').slice(1) : []) rest.remove();
    }
    const place = this.#labels.get(name);
    if (place && place.textContent !== text) place.textContent = text;
  }

  #dress() {
    this.svg.classList.add('mm', 'topo');
    this.svg.removeAttribute('aria-labelledby');
    for (const [id, group] of this.nodes) {
      group.classList.add(`kind-${this.node(id)?.kind ?? 'service'}`);
      if (id === OTHERS) group.classList.add('folded');
      group.dataset.node = id;
    }
    for (const [id, path] of this.paths) {
      const edge = this.edge(id);
      path.classList.add(`style-${edge?.style}`);
      const grip = /** @type {SVGPathElement} */ (path.cloneNode()); // the line itself is too thin for a finger
      for (const name of ['id', 'marker-end', 'data-edge']) grip.removeAttribute(name);
      grip.setAttribute('class', `grip${edge?.flippable.length ? ' flippable' : ''}`);
      grip.dataset.grip = id;
      path.after(grip);
    }
  }
}

/** The box of a node, in the drawing's own units. @param {SVGGElement} node @returns {Box} */
function boxOf(node) {
  /** @type {SVGGraphicsElement} */
  const shape = one(node, '.label-container, .basic, rect, path');
  const { x, y, width, height } = shape.getBBox();
  const [outer, inner] = [node, node.querySelector('.label-container, .basic')].map((part) => (
    /** @type {SVGGraphicsElement|null} */ (part)?.transform?.baseVal.consolidate()?.matrix ?? { e: 0, f: 0 }));
  return { x: x + outer.e + inner.e, y: y + outer.f + inner.f, width, height };
}
