// The way along an arrow, as keyframes of a transform: the one kind of motion along a curve that
// the browser's compositor carries out by itself, without a word to the page's thread.

const STEP = 4; // units of the drawing from one look at the curve to the next
const STRAIGHT = 0.03; // radians: a smaller turn is none
const LOST_AT = 0.55; // so far comes what gets lost

/** @typedef {{x: number, y: number, at: number}} Point  `at`: 0 where the arrow begins, 1 where it ends */

/** One arrow's keyframes; measured when its first dot sets out. */
export class Way {
  #path; #corners = null; #made = new Map();

  /** @param {SVGPathElement} path */
  constructor(path) { this.#path = path; }

  /** @returns {Keyframe[]} */
  keyframes(backwards, isLost) {
    const key = `${backwards} ${isLost}`;
    if (!this.#made.has(key)) this.#made.set(key, isLost ? lost(this.#points(backwards)) : this.#points(backwards).map(there));
    return this.#made.get(key);
  }

  /** The transform in its middle. */
  get middle() { return transform(between(this.#points(false), 0.5)); }

  #points(backwards) {
    this.#corners ??= corners(sampled(this.#path));
    return backwards ? this.#corners.map(({ x, y, at }) => ({ x, y, at: 1 - at })).reverse() : this.#corners;
  }
}

function sampled(path) {
  const length = path.getTotalLength();
  const count = Math.max(2, Math.ceil(length / STEP));
  return Array.from({ length: count + 1 }, (_, i) => {
    const { x, y } = path.getPointAtLength((length * i) / count);
    return { x, y, at: i / count };
  });
}

/** Without the points at which it goes straight on. Pure. @param {Point[]} points */
export function corners(points) {
  return points.filter((point, i) => {
    if (i === 0 || i === points.length - 1) return true;
    const [before, after] = [points[i - 1], points[i + 1]];
    const turn = Math.atan2(after.y - point.y, after.x - point.x) - Math.atan2(point.y - before.y, point.x - before.x);
    return Math.abs(Math.sin(turn)) > STRAIGHT || Math.cos(turn) < 0;
  });
}

/** Pure. @param {Point[]} points @returns {Point} */
export function between(points, at) {
  const next = Math.max(1, points.findIndex((point) => point.at >= at));
  const [a, b] = [points[next - 1], points[next]];
  const part = (at - a.at) / (b.at - a.at);
  return { x: a.x + part * (b.x - a.x), y: a.y + part * (b.y - a.y), at };
}

/** It does not get there, and fades. */
function lost(points) {
  const end = between(points, LOST_AT);
  const ridden = [...points.filter(({ at }) => at < LOST_AT), end];
  return [...ridden.map((point) => ({ transform: transform(point), offset: (point.at / LOST_AT) * 0.6, opacity: 1 })),
    { transform: transform(end), offset: 1, opacity: 0 }];
}

const transform = ({ x, y }) => `translate(${x.toFixed(1)}px,${y.toFixed(1)}px)`;
const there = (point) => ({ transform: transform(point), offset: point.at });
