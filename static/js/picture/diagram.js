// Mermaid's drawing of the company, and where in it each node and arrow is.

import { svg } from '../dom.js';

/** An SVG from the Mermaid frame, with its parts by name. */
export class Diagram {
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

  /** The box of a node, in the drawing's own units. */
  box(name) {
    const node = this.nodes.get(name);
    const inner = node.querySelector('.label-container, .basic, rect, path').getBBox();
    const move = node.transform.baseVal.consolidate()?.matrix ?? { e: 0, f: 0 };
    const shift = node.querySelector('.label-container, .basic')?.transform?.baseVal.consolidate()?.matrix ?? { e: 0, f: 0 };
    return { x: inner.x + move.e + shift.e, y: inner.y + move.f + shift.f, width: inner.width, height: inner.height };
  }

  /** Write a queue's depth where Mermaid has put its label. */
  label(name, text) {
    const spans = this.nodes.get(name)?.querySelectorAll('.label tspan tspan, .label tspan:not(:has(tspan))');
    if (spans?.length && spans[0].textContent !== text) spans[0].textContent = text;
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
