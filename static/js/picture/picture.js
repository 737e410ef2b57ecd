// The live topology: Mermaid's drawing with our dots, labels and states on it, and what a press on it means.

import { all, detailOf, element } from '../dom.js';
import { paced } from '../frames.js';
import { draw } from '../mermaid/draw.js';
import { arrowOf } from '../state/travel.js';
import { Diagram } from './diagram.js';
import { OTHERS, fold } from './fold.js';
import { Overlay } from './overlay.js';
import { Playback } from './playback.js';
import { Roving } from './roving.js';

const NARROW_PX = 620;
const REFRESH_MS = 160;
const LARGEST = 1.45; // times the size that Mermaid has drawn

/** @typedef {import('../state/types.js').Rec} Rec */

/**
 * Events: `press` ({record, records} or {node} or {edge}: meaning of the part), `follow` (the followed record,
 * or null), `unfold` (the box of the other services was pressed), `depart` (records whose dots depart), `show` (the record that the caption is about).
 */
export class Picture extends EventTarget {
  #place; #store; #playback;
  #drawn = ''; // Mermaid text
  #isSeen = false;
  /** @type {Diagram|null} */
  #diagram = null;
  /** @type {Overlay|null} */
  #overlay = null;
  /** @type {import('./follow.js').Follow|null} */
  #follow = null;
  #roving = new Roving();
  /** @type {string|undefined} */
  #run; // whose ways are dark
  /** @type {string[]|null} */
  #keep = null; // the services that are drawn; null: all
  #behind = element('p', { class: 'behind', hidden: true }); // read where a reader looks, and never announced

  /** @param {HTMLElement} place @param {import('../state/store.js').Store} store */
  constructor(place, store) {
    super();
    this.#place = place;
    this.#store = store;
    this.#playback = new Playback(store, () => this.#diagram !== null && this.#isSeen);
    const { dots } = this.#playback;
    this.dots = dots;
    this.refresh = paced(REFRESH_MS, () => this.#refresh());
    store.addEventListener('topology', () => this.#draw());
    store.addEventListener('faults', this.refresh);
    store.addEventListener('design', this.refresh);
    store.addEventListener('stats', this.refresh);
    store.addEventListener('records', (event) => this.#follow?.grow(detailOf(event).records));
    this.#playback.addEventListener('change', this.refresh);
    this.#playback.addEventListener('depart', (event) => this.#use(detailOf(event)));
    for (const type of ['depart', 'show']) this.#playback.addEventListener(type, (event) => this.#tell(type, detailOf(event)));
    dots.addEventListener('press', (event) => this.#tell('press', { record: detailOf(event)[0], records: detailOf(event) }));
    // Reading the size at every frame would cost a layout of the whole page each time.
    new ResizeObserver(([{ contentRect }]) => { this.#isSeen = contentRect.width > 0; this.#draw(); }).observe(place);
  }

  /** Have the dots of this record's trace come to where it happened? @param {Rec} record */
  hasReached(record) { return this.#playback.hasReached(record); }

  /** Has everything that happened been shown? */
  get isStill() { return !this.#store.frozen && this.#playback.isStill; }

  /** Dim all but this message, until null. @param {Rec|null} record */
  async follow(record) {
    const { Follow } = await import('./follow.js').catch(() => ({ Follow: null })); // seldom used
    if (!Follow) return;
    this.#follow ??= new Follow();
    this.#follow.over(this.#diagram);
    this.#follow.to(record, this.#store.state.log);
    this.#tell('follow', record);
  }

  /** Draw only these services, and the others as one box; null: draw all. @param {string[]|null} services */
  keep(services) {
    this.#keep = services;
    this.#draw();
  }

  /** Are some services folded into one box? */
  get isFolded() { return this.#diagram?.node(OTHERS) !== undefined; }

  async #draw() {
    const { topology } = this.#store.state;
    if (!topology || !this.#place.clientWidth) return;
    const folded = fold(topology, this.#keep);
    const { frame } = folded;
    const source = this.#place.clientWidth < NARROW_PX ? frame.source_tb : frame.source;
    if (source === this.#drawn) return this.dots.drawingIsThere();
    this.#drawn = source;
    try {
      const drawing = await draw(source);
      if (source === this.#drawn) this.#show(new Diagram(drawing, folded));
    } catch (error) {
      this.#drawn = '';
      const why = error instanceof Error ? error.message : error;
      this.#place.replaceChildren(element('p', { class: 'drawing' }, `The picture could not be drawn (${why}). The list shows the same.`));
    }
  }

  /** @param {Diagram} diagram */
  #show(diagram) {
    this.#diagram = diagram;
    const badges = diagram.overlay('badges');
    const layer = diagram.ground('dots');
    const ground = element('div', { class: 'diagram' }, diagram.svg, badges, layer, this.#behind);
    ground.style.setProperty('--largest', `${LARGEST * diagram.svg.viewBox.baseVal.width}px`); // few boxes are not drawn huge
    this.#place.replaceChildren(ground);
    diagram.measure();
    this.#overlay = new Overlay(diagram, badges);
    this.#follow?.over(diagram);
    this.#follow?.to(this.#follow.record, this.#store.state.log);
    this.dots.place(layer, diagram.paths, diagram.hidden);
    this.#describe(diagram);
    this.#refresh();
  }

  /** @param {Diagram} diagram */
  #describe(diagram) {
    diagram.svg.setAttribute('role', 'group');
    diagram.svg.setAttribute('aria-label', 'The company. Arrow keys go from part to part, Enter opens one.');
    /** @type {SVGElement[]} */
    const grips = all(diagram.svg, '.grip');
    const parts = [...diagram.nodes.values(), ...grips];
    for (const handle of /** @type {SVGElement[]} */ (all(diagram.svg, '.handle'))) {
      handle.addEventListener('click', () => this.#tell('press', { edge: diagram.edge(handle.dataset.handle ?? '') }));
    }
    const meaning = (/** @type {SVGElement} */ { dataset }) => ({ node: diagram.node(dataset.node ?? ''), edge: diagram.edge(dataset.grip ?? '') });
    for (const part of parts) {
      const { node, edge } = meaning(part);
      part.setAttribute('role', 'button');
      part.setAttribute('aria-label', node?.title ?? (edge ? diagram.nameOf(edge) : ''));
    }
    this.#roving.over(parts, (part) => {
      const pressed = meaning(part);
      this.#tell(pressed.node?.id === OTHERS ? 'unfold' : 'press', pressed);
    });
  }

  /** The ways that the newest run uses are dark, and all others are light. @param {Rec[]} records */
  #use(records) {
    const newest = this.#store.state.run?.id;
    if (newest !== this.#run) for (const used of all(this.#place, '.is-used')) used.classList.remove('is-used');
    this.#run = newest;
    for (const record of records) {
      if (record.run === newest) this.#diagram?.paths.get(arrowOf(record)?.edge ?? '')?.classList.add('is-used');
    }
  }

  #refresh() {
    const { state, at, behind_s, isBehind, ends } = this.#playback.shown;
    const isChanging = this.#overlay?.show(state, at, ends);
    this.#place.dataset.shown = state.cursor;
    this.#behind.hidden = behind_s <= 1;
    const words = `picture: ${Math.round(behind_s)} s ago`;
    if (!this.#behind.hidden && this.#behind.textContent !== words) this.#behind.textContent = words;
    if ((isChanging || isBehind) && !this.#store.frozen) this.refresh();
  }

  /** @param {string} type @param {unknown} detail */
  #tell(type, detail) { this.dispatchEvent(new CustomEvent(type, { detail })); }
}
