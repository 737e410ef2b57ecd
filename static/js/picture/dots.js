// Dots: each message on its way, along Mermaid's own edge paths.

import { element, svg } from '../dom.js';
import { eachFrame } from '../frames.js';
import { ms } from '../state/plain.js';
import { arrowOf, lookOf } from '../state/travel.js';
import { RIDE_MS, Schedule } from './schedule.js';
import { shapeOf } from './shapes.js';
import { Way } from './way.js';

// So many dots on the screen, and equal ones that set out within so many milliseconds are one.
const CROWDS = [[24, 420], [10, 210]];
const LABELLED = 10; // up to so many dots say their true times, and set out at any moment
const BEAT_MS = 80; // more set out, join and arrive together: the frames between are the compositor's
const LIT_MS = 700;

/**
 * Events, at most one of each per frame: `depart` and `arrive` (dots: {record, arrow}[]),
 * `crowd` ({most, undrawn}: messages on the fullest dot; messages that have no arrow in this
 * picture); and `press` (records of the dot that was pressed).
 */
export class Dots extends EventTarget {
  speed = 1;
  began = () => null; // when the story of a record began, in unix seconds
  #layer = null;
  #paths = new Map(); // edge -> {path, way}
  #schedule = new Schedule();
  #waiting = new Set(); // {record, arrow, look, departs, arrives}: before they depart
  #riding = new Set(); // {dots, key, since, element, animation}: an element and what it carries
  #resting = new Map(); // form -> carriers that can be sent out again: nodes and animations are dear
  #newest = new Map(); // edge, look, direction -> the carrier that set out last on it
  #underWay = new Map(); // kind and edge -> {waiting, riding}
  #departed = []; #arrived = []; // since the last frame
  #grown = new Set(); #finished = []; // carriers: joined by another dot; at the end of their way
  #beaten = 0; // the last turn
  #frozenAt = null;
  #undrawn = 0;
  #told = '';
  #still; // reduced motion: arrows light up instead

  constructor() {
    super();
    const query = matchMedia('(prefers-reduced-motion: reduce)');
    this.#still = query.matches;
    query.addEventListener('change', () => { this.#still = query.matches; });
  }

  /** The picture was drawn (anew). @param {HTMLElement} layer @param {Map<string, SVGPathElement>} paths */
  place(layer, paths) {
    this.clear();
    this.#resting.clear();
    this.#layer = layer;
    this.#paths = new Map([...paths].map(([edge, path]) => [edge, { path, way: new Way(path) }]));
  }

  /** Let these messages travel. */
  send(records) {
    const now = performance.now();
    for (const record of records) this.#plan(record, now);
    this.#showGrown();
    eachFrame(this.#turn);
  }

  freeze(frozen) {
    if (frozen === (this.#frozenAt !== null)) return;
    if (frozen) {
      this.#frozenAt = performance.now();
      for (const { animation, isThere } of this.#riding) if (!isThere) animation?.pause();
      return;
    }
    const held = performance.now() - this.#frozenAt;
    this.#frozenAt = null;
    this.#schedule.postpone(held);
    for (const dot of this.#waiting) Object.assign(dot, { departs: dot.departs + held, arrives: dot.arrives + held });
    for (const carrier of this.#riding) {
      carrier.since += held;
      if (!carrier.isThere) carrier.animation?.play();
    }
    eachFrame(this.#turn);
  }

  /** All away; whoever was on the way is where the state says it is. */
  clear() {
    for (const carrier of this.#riding) { carrier.animation?.cancel(); carrier.element.remove(); }
    for (const kept of [this.#waiting, this.#riding, this.#newest, this.#underWay, this.#schedule, this.#grown]) kept.clear();
    this.#departed = [];
    this.#arrived = [];
    this.#finished = [];
    this.#undrawn = 0;
    this.#frozenAt = null;
    this.#tellCrowd();
  }

  /** A dot that stands in the middle of its arrow until the next change: the last record shown. */
  stand(record) {
    const arrow = arrowOf(record);
    if (!arrow || !this.#paths.has(arrow.edge)) return;
    const dot = { record, arrow, look: lookOf(record) };
    const carrier = this.#draw(dot);
    this.#load(carrier, dot);
    carrier.element.classList.add('standing');
    carrier.element.style.transform = this.#paths.get(arrow.edge).way.middle;
    this.#label(carrier, record);
    this.#riding.add(carrier);
  }

  /** How many records of this kind along this arrow are before, or on, their way. */
  underWay(kind, edge) {
    const { waiting = 0, riding = 0 } = this.#underWay.get(`${kind} ${edge}`) ?? {};
    return waiting + riding;
  }

  hasReached(trace, node) {
    return this.#schedule.reached(trace, node) <= performance.now();
  }

  notDeparted(kind, edge) {
    return this.#underWay.get(`${kind} ${edge}`)?.waiting ?? 0;
  }

  #count({ record, arrow }, waiting, riding) {
    const key = `${record.kind} ${arrow.edge}`;
    const counted = this.#underWay.get(key) ?? { waiting: 0, riding: 0 };
    counted.waiting += waiting;
    counted.riding += riding;
    this.#underWay.set(key, counted);
  }

  #plan(record, now) {
    const arrow = arrowOf(record);
    if (!arrow) return;
    if (!this.#paths.has(arrow.edge)) {
      this.#undrawn += 1;
      this.#departed.push({ record, arrow });
      this.#arrived.push({ record, arrow });
      return;
    }
    const times = this.#schedule.add(record.trace, arrow, now, RIDE_MS / this.speed);
    const dot = { record, arrow, look: lookOf(record), ...times };
    this.#waiting.add(dot);
    this.#count(dot, 1, 0);
    if (times.departs <= now + 4 && !this.#isCrowd) this.#depart(dot, now);
  }

  get #isCrowd() { return this.#riding.size >= LABELLED; }

  /** One frame: whoever is due sets out, and what happened is told. */
  #turn = () => {
    const now = performance.now();
    if (this.#isCrowd && now - this.#beaten < BEAT_MS) return this.#frozenAt === null;
    this.#beaten = now;
    if (this.#frozenAt === null) for (const dot of this.#waiting) if (dot.departs <= now) this.#depart(dot, now);
    this.#showGrown();
    for (const carrier of this.#finished.splice(0)) this.#arrive(carrier);
    if (this.#departed.length) this.#tell('depart', this.#departed.splice(0));
    if (this.#arrived.length) this.#tell('arrive', this.#arrived.splice(0));
    this.#tellCrowd();
    return this.#frozenAt === null && (this.#waiting.size > 0 || this.#riding.size > 0);
  };

  #depart(dot, now) {
    this.#waiting.delete(dot);
    this.#departed.push(dot);
    if (this.#still || document.hidden) return this.#flash(dot);
    this.#count(dot, -1, 1);
    const key = `${dot.arrow.edge} ${dot.look} ${dot.arrow.backwards}`;
    const before = this.#newest.get(key);
    if (before && now - before.since < this.#window()) return this.#join(before, dot);
    const form = `${key} ${dot.record.style}`;
    const carrier = this.#resting.get(form)?.pop() ?? this.#draw(dot);
    this.#load(carrier, dot);
    if (this.#riding.size < LABELLED) this.#label(carrier, dot.record);
    Object.assign(carrier, { key, form, since: now });
    this.#riding.add(carrier);
    this.#newest.set(key, carrier);
    this.#ride(carrier, dot);
  }

  #ride(carrier, { arrow, look, departs, arrives }) {
    const duration = Math.max(60, arrives - departs);
    if (carrier.animation) {
      carrier.animation.effect.updateTiming({ duration });
      return carrier.animation.play(); // it had finished: from the start
    }
    const { way } = this.#paths.get(arrow.edge);
    carrier.animation = carrier.element.animate(way.keyframes(arrow.backwards, look === 'lost'), { duration, easing: 'ease-in-out', fill: 'both' });
    carrier.animation.onfinish = () => {
      this.#leave(carrier);
      carrier.isThere = true;
      this.#finished.push(carrier);
      eachFrame(this.#turn);
    };
  }

  #window() {
    return CROWDS.find(([dots]) => this.#riding.size >= dots)?.[1] ?? 0;
  }

  #join(carrier, dot) {
    carrier.dots.push(dot);
    this.#grown.add(carrier);
  }

  /** The numbers of those that have become more. */
  #showGrown() {
    for (const { element, dots, text } of this.#grown) {
      element.classList.add('pulse');
      element.dataset.records = dots.map(({ record }) => record.id).join(' ');
      element.dataset.messages = dots.map(({ record }) => record.message).join(' ');
      text.textContent = dots.length > 99 ? '99+' : dots.length;
    }
    this.#grown.clear();
  }

  #draw({ record, look }) {
    const carrier = { dots: [], since: performance.now(), text: svg('text', { class: 'count', y: 0.5 }), when: svg('text', { class: 'when', y: -13 }) };
    carrier.element = element('div', {}, svg('svg', { viewBox: '-14 -14 28 28' },
      svg('circle', { class: 'halo', r: 14 }), svg('circle', { class: 'many', r: 11 }), ...shapeOf(look, record.style), carrier.text, carrier.when));
    carrier.element.addEventListener('click', () => this.#tell('press', carrier.dots.map((one) => one.record)));
    return carrier;
  }

  /** It carries this one. */
  #load(carrier, dot) {
    const { record, arrow, look } = dot;
    carrier.dots = [dot];
    carrier.isThere = false;
    carrier.element.className = `dot ${look} is-${record.style ?? 'call'}`;
    Object.assign(carrier.element.dataset, {
      message: record.message, record: record.id, records: record.id, messages: record.message, kind: record.kind, edge: arrow.edge,
    });
    carrier.text.textContent = carrier.when.textContent = '';
    this.#layer.append(carrier.element);
  }

  /** The true time: how long it took or waited, or when in its story it set out. */
  #label(carrier, record) {
    const began = this.began(record);
    carrier.when.textContent = record.duration_ms !== undefined ? `took ${ms(record.duration_ms)}`
      : record.wait_ms !== undefined ? `waited ${ms(record.wait_ms)}`
        : began !== null ? `at ${ms(Math.max(0, record.at - began) * 1000)}` : '';
  }

  #flash(dot) {
    this.#count(dot, -1, 0);
    const { path } = this.#paths.get(dot.arrow.edge);
    path.classList.add('lit', `lit-${dot.look}`);
    setTimeout(() => path.classList.remove('lit', `lit-${dot.look}`), LIT_MS);
    this.#arrived.push(dot);
  }

  /** Nobody joins it any more. */
  #leave(carrier) {
    if (this.#newest.get(carrier.key) === carrier) this.#newest.delete(carrier.key);
  }

  #arrive(carrier) {
    carrier.element.remove();
    this.#riding.delete(carrier);
    if (!this.#resting.has(carrier.form)) this.#resting.set(carrier.form, []);
    this.#resting.get(carrier.form).push(carrier);
    for (const dot of carrier.dots) {
      this.#count(dot, 0, -1);
      this.#arrived.push(dot);
    }
  }

  #tellCrowd() {
    let most = 1;
    for (const carrier of this.#riding) most = Math.max(most, carrier.dots.length);
    const told = `${most} ${this.#undrawn}`;
    if (told === this.#told) return;
    this.#told = told;
    this.#tell('crowd', { most, undrawn: this.#undrawn });
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
