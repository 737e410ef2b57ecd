// The time-space diagram as SVG. Its parts are kept from drawing to drawing, so that the focus stays.

import { svg } from '../../dom.js';
import { fully, laneTitle, markFully, marked, shortly } from '../../state/spacetime/words.js';
import { sentence } from '../../state/plain.js';
import { ticks } from '../../state/timewindow.js';
import { geometry } from './geometry.js';
import { Parts } from './parts.js';

/**
 * @typedef {import('../../state/types.js').Rec} Rec @typedef {import('./geometry.js').Geometry} Geometry @typedef {import('./parts.js').Part} Part @typedef {import('./parts.js').Shape} Shape
 * @typedef {import('../../state/spacetime/layout.js').Layout} Layout @typedef {import('../../state/spacetime/layout.js').Lane} Lane
 * @typedef {import('../../state/spacetime/layout.js').Point} Point @typedef {import('../../state/timewindow.js').Window} Window
 * @typedef {{key: string, kind: string, look: string, from: Point, to: Point}} Piece  of an arrow
 */

const CHAR_PX = 6.4; // about the width of a character
const PX_PER_TICK = 90;

export class Figure {
  root = svg('svg', { class: 'spacetime', role: 'group', tabindex: -1, 'aria-label': 'Time-space diagram. Arrow keys go from part to part, Enter opens one.' });
  /** @type {Geometry|null} */
  #geometry = null;
  #parts; #fixed; #clip;

  /** @param {(record: Rec) => void} open */
  constructor(open) {
    this.#clip = svg('rect');
    const layer = (/** @type {string} */ name) => svg('g', { class: name, 'clip-path': 'url(#st-clip)' });
    this.#fixed = { lanes: svg('g', { class: 'lanes' }), axis: svg('g', { class: 'axis' }), answers: layer('answers'), labels: svg('g', { class: 'labels' }) };
    const [arrows, bars, marks] = ['arrows', 'bars', 'marks'].map(layer);
    this.root.append(patterns(this.#clip), this.#fixed.lanes, this.#fixed.axis, this.#fixed.answers, arrows, bars, marks, this.#fixed.labels);
    this.#parts = new Parts(this.root, { bars, arrows, marks }, open);
  }

  /** The moment at this place, in unix seconds. @param {number} x  pixels */
  timeAt(x) { return this.#geometry?.at(x) ?? 0; }

  /** @param {Layout} layout @param {Lane[]} lanes @param {Window} seen @param {number} width */
  draw(layout, lanes, seen, width) {
    const place = this.#geometry = geometry(lanes, seen, width);
    set(this.root, { viewBox: `0 0 ${width} ${place.height}`, width, height: place.height });
    set(this.#clip, { x: place.left - 1, y: 0, width: place.plot + 9, height: place.height });
    this.#drawLanes(lanes, place);
    this.#drawAxis(layout, seen, place);
    this.#drawAnswers(layout, place);
    const isSeen = (/** @type {number} */ from, /** @type {number} */ to) => to >= seen.from && from <= seen.to;
    const isShown = (/** @type {string} */ lane) => place.places.has(lane);
    this.#parts.draw('bars', layout.bars.filter((bar) => isShown(bar.lane) && isSeen(bar.from, bar.to)).map((bar) => barPart(bar, place)));
    this.#parts.draw('arrows', piecesOf(layout.arrows, isShown).filter(({ from, to }) => isSeen(from.at, to.at)).map((piece) => arrowPart(piece, place)));
    this.#parts.draw('marks', layout.marks.filter((mark) => isShown(mark.lane) && isSeen(mark.at, mark.at)).map((mark) => markPart(mark, place)));
  }

  /** @param {Lane[]} lanes @param {Geometry} place */
  #drawLanes(lanes, { of, width, left }) {
    this.#fixed.lanes.replaceChildren(...lanes.map((lane) => {
      const { y, height } = of(lane.id);
      return svg('rect', { class: `lane ${lane.kind}`, 'data-lane': lane.id, x: 0, y, width, height });
    }));
    this.#fixed.labels.replaceChildren(...lanes.map((lane, i) => {
      const { y, height } = of(lane.id);
      const words = lanes[i + 1]?.id === lane.service ? 'queue' : laneTitle(lane);
      return svg('text', { class: lane.kind, x: left - 8, y: y + height / 2 }, words);
    }));
  }

  /** @param {Layout} layout @param {Window} seen @param {Geometry} place */
  #drawAxis({ from }, seen, { x, top, height, plot }) {
    this.#fixed.axis.replaceChildren(...ticks(seen, from, Math.max(2, plot / PX_PER_TICK)).flatMap(({ at, words }) => [
      svg('path', { d: `M${x(at)} ${top}V${height}` }), svg('text', { x: x(at), y: 13 }, words)]));
  }

  /** The yellow line. With many customers it is only as long as the customers' lane is high. @param {Layout} layout @param {Geometry} place */
  #drawAnswers({ answers }, { x, top, height, places, left, plot }) {
    const lane = places.get('customer');
    this.#fixed.answers.replaceChildren(...answers.flatMap(({ at, isGood, record }) => {
      const [y1, y2] = answers.length > 1 && lane ? [lane.y, lane.y + lane.height] : [top - 6, height];
      const words = isGood ? 'the customer has the answer' : `the customer has an error: ${record.code}`;
      const fitsRight = x(at) + words.length * CHAR_PX + 12 < left + plot;
      return [svg('path', { class: isGood ? 'answer' : 'answer bad', 'data-answer': record.id, d: `M${x(at)} ${y1}V${y2}` }),
        ...(answers.length > 1 ? [] : [svg('text', { class: `has-answer ${fitsRight ? '' : 'left'}`, x: x(at) + (fitsRight ? 6 : -6), y: height - 8 }, words)])];
    }));
  }
}

/** @param {import('../../state/spacetime/layout.js').Bar} bar @param {Geometry} place @returns {Part} */
function barPart(bar, { x, rowY, of, left, plot }) {
  const from = Math.max(x(bar.from), left - 2);
  const to = Math.min(x(bar.to), left + plot + 8);
  const width = Math.max(4, to - from);
  const inset = bar.kind === 'wait' && bar.lane !== 'customer' ? 4 : 0;
  const [y, height] = [rowY(bar.lane, bar.row) + inset, of(bar.lane).bar - 2 * inset];
  const words = shortly(bar);
  const free = Math.min(width, x(bar.alone ?? Infinity) - from);
  const fits = free > words.length * CHAR_PX + 10 && !inset;
  const classes = `bar ${bar.kind} ${bar.look}${bar.isOpen ? ' open' : ''}${bar.isBroken ? ' broken' : ''}`;
  return {
    key: bar.key, record: bar.record, label: fully(bar), classes, data: { kind: bar.kind, lane: bar.lane, attempt: bar.attempt },
    shapes: [
      ['rect', { class: 'body', x: from, y, width, height, rx: Math.min(4, width / 2) }],
      ...optional(PATTERNS[bar.kind], ['rect', { x: from, y, width, height, rx: Math.min(4, width / 2), fill: `url(#st-${bar.kind})` }]),
      ...optional(fits, ['text', { x: from + 6, y: y + height / 2 }, words]),
    ],
  };
}

/** The arrows between visible lanes, piece by piece; a piece that arrows share is drawn once. @param {Layout['arrows']} arrows @param {(lane: string) => boolean} isShown */
function piecesOf(arrows, isShown) {
  /** @type {Map<string, Piece>} */
  const pieces = new Map();
  for (const { kind, look, points } of arrows) {
    const shown = points.filter(({ lane }) => isShown(lane));
    shown.slice(1).forEach((to, i) => {
      const from = shown[i];
      if (from.lane === to.lane) return;
      const key = `${from.lane} ${from.at} ${to.lane} ${to.record.id}`;
      pieces.set(key, { key, kind, look: to === shown.at(-1) ? look : 'ok', from, to });
    });
  }
  return [...pieces.values()];
}

/** @param {Piece} piece @param {Geometry} place @returns {Part} */
function arrowPart({ key, kind, look, from, to }, { x, middle, of }) {
  const [x1, x2] = [x(from.at), x(to.at)];
  const [y1, y2] = [middle(from.lane, from.row), middle(to.lane, to.row)];
  const down = y2 > y1 ? 1 : -1;
  const end = y2 - down * (of(to.lane).bar / 2 - 1);
  const line = `M${x1} ${y1}L${x2} ${end}`;
  return {
    key, record: to.record, label: sentence(to.record), classes: `arrow ${kind} ${look}`, data: { kind },
    shapes: [['path', { class: 'hit', d: line }], ['path', { class: 'line', d: line }],
      ['path', { class: 'head', d: `M${x2 - 4} ${end - down * 6}L${x2} ${end}L${x2 + 4} ${end - down * 6}${kind === 'answer' ? '' : 'Z'}` }]],
  };
}

/** @param {import('../../state/spacetime/layout.js').Mark} mark @param {Geometry} place @returns {Part} */
function markPart(mark, { x, of }) {
  const { y, height } = of(mark.lane);
  const [cx, cy] = [x(mark.at), mark.kind === 'effect' ? y + height - 4 : y + height / 2];
  const words = marked(mark);
  return {
    key: mark.key, record: mark.record, label: markFully(mark), classes: `sign ${mark.kind}`, data: { kind: mark.kind },
    shapes: [['path', { d: SIGNS[mark.kind](cx, cy) }], ...optional(words, ['text', { x: cx + 9, y: cy }, words])],
  };
}

/** @param {number} x @param {number} y */
const cross = (x, y) => `M${x - 5} ${y - 5}l10 10M${x + 5} ${y - 5}l-10 10`;
/** @type {Object<string, (x: number, y: number) => string>} */
const SIGNS = {
  effect: (x, y) => `M${x} ${y - 3}l3 3l-3 3l-3 -3z`,
  dead: (x, y) => `M${x - 5} ${y - 5}h10v10h-10z`,
  lost: (x, y) => `M${x - 6} ${y}a6 6 0 1 0 12 0a6 6 0 1 0 -12 0M${x - 4} ${y - 4}l8 8M${x + 4} ${y - 4}l-8 8`,
  killed: cross,
  refused: cross,
  replayed: (x, y) => `M${x - 4} ${y - 5}l9 5l-9 5z`,
  discarded: (x, y) => `M${x - 5} ${y - 5}h10v10h-10zM${x - 5} ${y + 5}l10 -10`,
};

/** @type {Object<string, [string, string?]>} */
const PATTERNS = {
  queue: ['M-1 7L7 -1M-1 1L1 -1M5 7L7 5'], wait: ['M0 3H6'], backoff: ['M3 3h.01', 'dots'], held: ['M0 0L6 6M6 0L0 6'],
};

/** @param {SVGElement} clip */
function patterns(clip) {
  return svg('defs', {}, svg('clipPath', { id: 'st-clip' }, clip),
    ...Object.entries(PATTERNS).map(([kind, [d, style = 'lines']]) => svg('pattern', { id: `st-${kind}`, width: 6, height: 6, patternUnits: 'userSpaceOnUse' },
      svg('path', { class: `hatch ${style}`, d }))));
}

/** @param {unknown} isWanted @param {Shape} shape @returns {Shape[]} */
const optional = (isWanted, shape) => (isWanted ? [shape] : []);

/** @param {Element} element @param {Object<string, string|number>} values */
function set(element, values) {
  for (const [name, value] of Object.entries(values)) element.setAttribute(name, String(value));
}
