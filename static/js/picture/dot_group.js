// An element that moves along an arrow. It shows one dot, or several that are alike, and is used
// again afterwards: nodes and animations are expensive to make.

import { element, svg } from '../dom.js';
import { ms } from '../state/plain.js';
import { shapeOf } from './shapes.js';

/**
 * @typedef {import('../state/types.js').Rec} Rec
 * @typedef {import('../state/shown_state.js').Dot & {look: string, departs: number, arrives: number}} TimedDot
 */

export class DotGroup {
  /** @type {TimedDot[]} */
  dots = [];
  since = performance.now(); // its departure
  key = ''; // edge, look and direction
  form = ''; // key and style: those of one form can replace each other
  isThere = false;
  /** @type {Animation|null} */
  #animation = null;
  #count = svg('text', { class: 'count', y: 0.5 });
  #when = svg('text', { class: 'when', y: -13 });

  /** @param {TimedDot} dot  one of those it may carry @param {(records: Rec[]) => void} press */
  constructor({ record, look }, press) {
    this.element = element('div', {}, svg('svg', { viewBox: '-14 -14 28 28' },
      svg('circle', { class: 'halo', r: 14 }), svg('circle', { class: 'many', r: 11 }), ...shapeOf(look, record.style), this.#count, this.#when));
    this.element.addEventListener('click', () => press(this.dots.map((dot) => dot.record)));
  }

  /** Carry this dot. @param {TimedDot} dot */
  load(dot) {
    const { record, arrow, look } = dot;
    const { id, kind, message = '' } = record;
    this.dots = [dot];
    this.isThere = false;
    this.element.className = `dot ${look} is-${record.style ?? 'call'}`;
    Object.assign(this.element.dataset, { message, record: id, records: id, messages: message, kind, edge: arrow.edge });
    this.#count.textContent = this.#when.textContent = '';
  }

  /** The true time: how long it took or waited, or when in its run it departed. @param {Rec} record @param {number|null} began  unix seconds */
  label(record, began) {
    this.#when.textContent = record.duration_ms !== undefined ? `took ${ms(record.duration_ms)}`
      : record.wait_ms !== undefined ? `waited ${ms(record.wait_ms)}`
        : began !== null ? `at ${ms(Math.max(0, record.at - began) * 1000)}` : '';
  }

  /** Write on it how many dots there are. */
  showCount() {
    this.element.classList.add('pulse');
    this.element.dataset.records = this.dots.map(({ record }) => record.id).join(' ');
    this.element.dataset.messages = this.dots.map(({ record }) => record.message).join(' ');
    this.#count.textContent = this.dots.length > 99 ? '99+' : String(this.dots.length);
  }

  /** @param {number} duration  ms @param {() => Keyframe[]} keyframes  for its first use @param {() => void} finished */
  move(duration, keyframes, finished) {
    if (this.#animation) {
      this.#animation.effect?.updateTiming({ duration });
      this.#animation.play(); // a finished animation starts again
      return;
    }
    this.#animation = this.element.animate(keyframes(), { duration, easing: 'ease-in-out', fill: 'both' });
    this.#animation.onfinish = () => {
      this.isThere = true;
      finished();
    };
  }

  pause() { if (!this.isThere) this.#animation?.pause(); }

  /** @param {number} held_ms  the pause */
  resume(held_ms) {
    this.since += held_ms;
    if (!this.isThere) this.#animation?.play();
  }

  remove() {
    this.#animation?.cancel();
    this.element.remove();
  }
}
