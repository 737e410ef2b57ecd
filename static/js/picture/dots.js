// Dots: one for each message on its way, along Mermaid's own edge paths.

import { svg } from '../dom.js';
import { arrowOf, lookOf } from '../state/travel.js';
import { RIDE_MS, Schedule } from './schedule.js';

const CROWDED = 40; // dots on the screen from which on equal ones are merged
const MERGE_MS = 140;
const SHAPES = {
  ok: () => svg('circle', { r: 6 }),
  waiting: () => svg('circle', { r: 5 }),
  retry: () => svg('path', { d: 'M0-7.5 7 6H-7z' }),
  failed: () => svg('path', { d: 'M-5-5 5 5M5-5-5 5' }),
  dead: () => svg('path', { d: 'M-5.5-5.5h11v11h-11z' }),
};

/**
 * Events: `depart` and `arrive` ({record, arrow}), `crowd` (messages per dot, 1 if each
 * has its own), `press` (record).
 */
export class Dots extends EventTarget {
  #layer = null;
  #paths = new Map();
  #schedule = new Schedule();
  #riding = new Set(); // {record, arrow, look, departs, arrives, element, animation, count, timer}
  #waiting = new Set(); // the same, before they depart
  #speed = 1;
  #frozenAt = null;
  #still; // reduced motion: arrows light up instead

  constructor() {
    super();
    const query = matchMedia('(prefers-reduced-motion: reduce)');
    this.#still = query.matches;
    query.addEventListener('change', () => { this.#still = query.matches; });
  }

  /** The picture was drawn (anew). @param {SVGElement} layer @param {Map<string, SVGPathElement>} paths */
  place(layer, paths) {
    this.clear();
    this.#layer = layer;
    this.#paths = paths;
  }

  set speed(value) { this.#speed = value; }

  /** Let these messages travel. */
  send(records) {
    for (const record of records) this.#plan(record);
  }

  freeze(frozen) {
    if (frozen === (this.#frozenAt !== null)) return;
    if (frozen) {
      this.#frozenAt = performance.now();
      for (const dot of this.#waiting) clearTimeout(dot.timer);
      for (const dot of this.#riding) dot.animation?.pause();
      return;
    }
    const held = performance.now() - this.#frozenAt;
    this.#frozenAt = null;
    this.#schedule.postpone(held);
    for (const dot of this.#waiting) this.#await(Object.assign(dot, { departs: dot.departs + held, arrives: dot.arrives + held }));
    for (const dot of this.#riding) dot.animation?.play();
  }

  /** All away; those that had set out count as arrived. */
  clear() {
    for (const dot of this.#waiting) clearTimeout(dot.timer);
    for (const dot of this.#riding) { dot.animation?.cancel(); dot.element?.remove(); }
    this.#waiting.clear();
    this.#riding.clear();
    this.#schedule.clear();
  }

  /** Records of this kind along this arrow that are still before, or on, their way. */
  under_way(kind, edge) {
    return this.#count(this.#waiting, kind, edge) + this.#count(this.#riding, kind, edge);
  }

  not_departed(kind, edge) {
    return this.#count(this.#waiting, kind, edge);
  }

  #count(dots, kind, edge) {
    let n = 0;
    for (const dot of dots) if (dot.record.kind === kind && dot.arrow.edge === edge) n += 1;
    return n;
  }

  #plan(record) {
    const arrow = arrowOf(record);
    if (!arrow || !this.#paths.has(arrow.edge)) return;
    const now = performance.now();
    const times = this.#schedule.add(record.trace, arrow, now, RIDE_MS / this.#speed);
    const dot = { record, arrow, look: lookOf(record), count: 1, ...times };
    this.#waiting.add(dot);
    if (times.departs <= now + 4) this.#depart(dot);
    else this.#await(dot);
  }

  #await(dot) {
    dot.timer = setTimeout(() => this.#depart(dot), Math.max(0, dot.departs - performance.now()));
  }

  #depart(dot) {
    this.#waiting.delete(dot);
    this.#tell('depart', dot);
    if (this.#still || document.hidden) return this.#flash(dot);
    const crowded = this.#riding.size >= CROWDED;
    const carrier = crowded ? this.#carrier(dot) : null;
    if (carrier) return this.#join(carrier, dot);
    this.#riding.add(dot);
    dot.element = this.#draw(dot);
    const ends = dot.arrow.backwards ? ['100%', '0%'] : ['0%', '100%'];
    dot.animation = dot.element.animate(ends.map((offsetDistance) => ({ offsetDistance })), {
      duration: Math.max(60, dot.arrives - dot.departs), easing: 'ease-in-out', fill: 'both',
    });
    dot.animation.onfinish = () => this.#arrive(dot);
    this.#tellCrowd();
  }

  /** A dot that set out a moment ago on the same arrow, to carry this message too. */
  #carrier(dot) {
    for (const other of this.#riding) {
      if (other.element && other.arrow.edge === dot.arrow.edge && other.look === dot.look
        && other.arrow.backwards === dot.arrow.backwards && dot.departs - other.departs < MERGE_MS) return other;
    }
    return null;
  }

  #join(carrier, dot) {
    carrier.count += 1;
    (carrier.others ??= []).push(dot);
    this.#riding.add(dot);
    carrier.element.classList.add('pulse');
    carrier.element.querySelector('circle')?.setAttribute('r', 10.5);
    const text = carrier.element.querySelector('text') ?? carrier.element.appendChild(svg('text', { y: 0.5 }));
    text.textContent = carrier.count > 99 ? '99+' : carrier.count;
    this.#tellCrowd();
  }

  #draw(dot) {
    const drawn = svg('g', {
      class: `dot ${dot.look}`, 'data-message': dot.record.message, 'data-record': dot.record.id,
      'data-kind': dot.record.kind, 'data-edge': dot.arrow.edge,
    }, svg('circle', { class: 'halo', r: 14 }), SHAPES[dot.look]());
    drawn.style.offsetPath = `path("${this.#paths.get(dot.arrow.edge).getAttribute('d')}")`;
    drawn.style.offsetRotate = '0deg';
    drawn.addEventListener('click', () => this.dispatchEvent(new CustomEvent('press', { detail: dot.record })));
    this.#layer.append(drawn);
    return drawn;
  }

  #flash(dot) {
    const path = this.#paths.get(dot.arrow.edge);
    path?.classList.add('lit');
    setTimeout(() => path?.classList.remove('lit'), 700);
    this.#tell('arrive', dot);
  }

  #arrive(dot) {
    dot.element.remove();
    for (const one of [dot, ...(dot.others ?? [])]) {
      this.#riding.delete(one);
      this.#tell('arrive', one);
    }
    this.#tellCrowd();
  }

  #tellCrowd() {
    let most = 1;
    for (const dot of this.#riding) most = Math.max(most, dot.count);
    this.dispatchEvent(new CustomEvent('crowd', { detail: most }));
  }

  #tell(type, { record, arrow }) {
    this.dispatchEvent(new CustomEvent(type, { detail: { record, arrow } }));
  }
}
