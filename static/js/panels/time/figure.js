// The time-space diagram as SVG. Parts are kept from drawing to drawing, so that focus stays.

import { svg } from '../../dom.js';
import { fully, laneTitle, markFully, marked, shortly } from '../../state/spacetime/words.js';
import { sentence } from '../../state/plain.js';
import { ticks } from '../../state/timewindow.js';
import { geometry } from './geometry.js';
import { Parts } from './parts.js';

const LETTER = 5.9; // the width of one, about
const PX_PER_TICK = 90;

export class Figure {
  root = svg('svg', { class: 'spacetime', role: 'group', tabindex: -1, 'aria-label': 'Time-space diagram. Arrow keys go from part to part, Enter opens one.' });
  place = null;
  #parts; #fixed; #clip;

  /** @param {(record: object) => void} open */
  constructor(open) {
    this.#clip = svg('rect');
    const layer = (name) => svg('g', { class: name, 'clip-path': 'url(#st-clip)' });
    this.#fixed = { lanes: svg('g', { class: 'lanes' }), axis: svg('g', { class: 'axis' }), answers: layer('answers'), labels: svg('g', { class: 'labels' }) };
    const [ways, bars, marks] = ['ways', 'bars', 'marks'].map(layer);
    this.root.append(patterns(this.#clip), this.#fixed.lanes, this.#fixed.axis, this.#fixed.answers, ways, bars, marks, this.#fixed.labels);
    this.#parts = new Parts(this.root, { bars, ways, marks }, open);
  }

  /** @param {import('../../state/spacetime/layout.js').Layout} layout */
  draw(layout, lanes, seen, width) {
    const place = this.place = geometry(lanes, seen, width);
    this.root.setAttribute('viewBox', `0 0 ${width} ${place.height}`);
    this.root.setAttribute('width', width);
    this.root.setAttribute('height', place.height);
    set(this.#clip, { x: place.left - 1, y: 0, width: place.room + 9, height: place.height });
    this.#drawLanes(lanes, place);
    this.#drawAxis(layout, seen, place);
    this.#drawAnswers(layout, place);
    const isSeen = (from, to) => to >= seen.from && from <= seen.to;
    const isShown = (lane) => place.places.has(lane);
    this.#parts.draw('bars', layout.bars.filter((bar) => isShown(bar.lane) && isSeen(bar.from, bar.to)).map((bar) => barPart(bar, place)));
    this.#parts.draw('ways', waysOf(layout.ways, isShown).filter(({ from, to }) => isSeen(from.at, to.at)).map((way) => wayPart(way, place)));
    this.#parts.draw('marks', layout.marks.filter((mark) => isShown(mark.lane) && isSeen(mark.at, mark.at)).map((mark) => markPart(mark, place)));
  }

  #drawLanes(lanes, { places, width, left }) {
    this.#fixed.lanes.replaceChildren(...lanes.map((lane) => {
      const { y, height } = places.get(lane.id);
      return svg('rect', { class: `lane ${lane.kind}`, 'data-lane': lane.id, x: 0, y, width, height });
    }));
    this.#fixed.labels.replaceChildren(...lanes.map((lane, i) => {
      const { y, height } = places.get(lane.id);
      const words = lanes[i + 1]?.id === lane.service ? 'queue' : laneTitle(lane);
      return svg('text', { class: lane.kind, x: left - 8, y: y + height / 2 }, words);
    }));
  }

  #drawAxis({ from }, seen, { x, top, height, room }) {
    this.#fixed.axis.replaceChildren(...ticks(seen, from, Math.max(2, room / PX_PER_TICK)).flatMap(({ at, words }) => [
      svg('path', { d: `M${x(at)} ${top}V${height}` }), svg('text', { x: x(at), y: 13 }, words)]));
  }

  /** The yellow line. With many customers it is as long as the customers' lane. */
  #drawAnswers({ answers }, { x, top, height, places, left, room }) {
    const lane = places.get('customer');
    this.#fixed.answers.replaceChildren(...answers.flatMap(({ at, isGood, record }) => {
      const [y1, y2] = answers.length > 1 && lane ? [lane.y, lane.y + lane.height] : [top - 6, height];
      const words = isGood ? 'the customer has the answer' : `the customer has an error: ${record.code}`;
      const isRoomRight = x(at) + words.length * LETTER + 12 < left + room;
      return [svg('path', { class: isGood ? 'answer' : 'answer bad', 'data-answer': record.id, d: `M${x(at)} ${y1}V${y2}` }),
        ...(answers.length > 1 ? [] : [svg('text', { class: `has-answer ${isRoomRight ? '' : 'left'}`, x: x(at) + (isRoomRight ? 6 : -6), y: height - 8 }, words)])];
    }));
  }
}

function barPart(bar, { x, rowY, places, left, room }) {
  const from = Math.max(x(bar.from), left - 2);
  const to = Math.min(x(bar.to), left + room + 8);
  const width = Math.max(4, to - from);
  const inset = bar.kind === 'wait' && bar.lane !== 'customer' ? 4 : 0;
  const [y, height] = [rowY(bar.lane, bar.row) + inset, places.get(bar.lane).bar - 2 * inset];
  const words = shortly(bar);
  const free = Math.min(width, x(bar.alone ?? Infinity) - from);
  const fits = free > words.length * LETTER + 10 && !inset;
  const classes = `bar ${bar.kind} ${bar.look}${bar.isOpen ? ' open' : ''}${bar.isBroken ? ' broken' : ''}`;
  return {
    key: bar.key, record: bar.record, label: fully(bar), classes, data: { kind: bar.kind, lane: bar.lane, attempt: bar.attempt },
    shapes: [
      ['rect', { class: 'body', x: from, y, width, height, rx: Math.min(4, width / 2) }],
      ...(PATTERNS[bar.kind] ? [['rect', { x: from, y, width, height, rx: Math.min(4, width / 2), fill: `url(#st-${bar.kind})` }]] : []),
      ...(fits ? [['text', { x: from + 6, y: y + height / 2 }, words]] : []),
    ],
  };
}

/** Arrows between lanes that are shown: a hidden one is passed by. Shared stretches once. */
function waysOf(ways, isShown) {
  const pieces = new Map();
  for (const { kind, look, points } of ways) {
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

function wayPart({ key, kind, look, from, to }, { x, middle, places }) {
  const [x1, x2] = [x(from.at), x(to.at)];
  const [y1, y2] = [middle(from.lane, from.row), middle(to.lane, to.row)];
  const down = y2 > y1 ? 1 : -1;
  const end = y2 - down * (places.get(to.lane).bar / 2 - 1);
  const line = `M${x1} ${y1}L${x2} ${end}`;
  return {
    key, record: to.record, label: sentence(to.record), classes: `arrow ${kind} ${look}`, data: { kind },
    shapes: [['path', { class: 'hit', d: line }], ['path', { class: 'line', d: line }],
      ['path', { class: 'head', d: `M${x2 - 4} ${end - down * 6}L${x2} ${end}L${x2 + 4} ${end - down * 6}${kind === 'answer' ? '' : 'Z'}` }]],
  };
}

function markPart(mark, { x, places }) {
  const { y, height } = places.get(mark.lane);
  const [cx, cy] = [x(mark.at), mark.kind === 'effect' ? y + height - 4 : y + height / 2];
  const words = marked(mark);
  return {
    key: mark.key, record: mark.record, label: markFully(mark), classes: `sign ${mark.kind}`, data: { kind: mark.kind },
    shapes: [['path', { d: SIGNS[mark.kind](cx, cy) }], ...(words ? [['text', { x: cx + 9, y: cy }, words]] : [])],
  };
}

const cross = (x, y) => `M${x - 5} ${y - 5}l10 10M${x + 5} ${y - 5}l-10 10`;
const SIGNS = {
  effect: (x, y) => `M${x} ${y - 3}l3 3l-3 3l-3 -3z`,
  dead: (x, y) => `M${x - 5} ${y - 5}h10v10h-10z`,
  lost: (x, y) => `M${x - 6} ${y}a6 6 0 1 0 12 0a6 6 0 1 0 -12 0M${x - 4} ${y - 4}l8 8M${x + 4} ${y - 4}l-8 8`,
  killed: cross,
  refused: cross,
  replayed: (x, y) => `M${x - 4} ${y - 5}l9 5l-9 5z`,
  discarded: (x, y) => `M${x - 5} ${y - 5}h10v10h-10zM${x - 5} ${y + 5}l10 -10`,
};

const PATTERNS = {
  queue: ['M-1 7L7 -1M-1 1L1 -1M5 7L7 5'], wait: ['M0 3H6'], backoff: ['M3 3h.01', 'dots'], held: ['M0 0L6 6M6 0L0 6'],
};

function patterns(clip) {
  return svg('defs', {}, svg('clipPath', { id: 'st-clip' }, clip),
    ...Object.entries(PATTERNS).map(([kind, [d, style = 'lines']]) => svg('pattern', { id: `st-${kind}`, width: 6, height: 6, patternUnits: 'userSpaceOnUse' },
      svg('path', { class: `hatch ${style}`, d }))));
}

function set(element, values) {
  for (const [name, value] of Object.entries(values)) element.setAttribute(name, value);
}
