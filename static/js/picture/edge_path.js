// The path of an arrow, as keyframes of a transform: the only motion along a curve that the browser's
// compositor runs without the page's thread.

const STEP = 4; // units of the drawing between two samples of the curve
const STRAIGHT = 0.03; // radians: a smaller turn counts as straight
const LOST_AT = 0.55; // part of the path that a lost message covers

/** @typedef {{x: number, y: number, at: number}} Point  `at`: 0 where the arrow begins, 1 where it ends */

/** One arrow's keyframes; measured when its first dot departs. */
export class EdgePath {
  #path;
  /** @type {Point[]|null} */
  #corners = null;
  /** @type {Map<string, Keyframe[]>} */
  #made = new Map(); // by direction and end

  /** @param {Pick<SVGPathElement, 'getTotalLength'|'getPointAtLength'>} path */
  constructor(path) { this.#path = path; }

  /** @param {boolean} backwards @param {boolean} isLost @returns {Keyframe[]} */
  keyframes(backwards, isLost) {
    const key = `${backwards} ${isLost}`;
    const points = this.#points(backwards);
    const made = this.#made.get(key) ?? (isLost ? lost(points) : points.map(there));
    this.#made.set(key, made);
    return made;
  }

  /** The transform of its middle. */
  get middle() { return transform(between(this.#points(false), 0.5)); }

  /** @param {boolean} backwards */
  #points(backwards) {
    this.#corners ??= corners(sampled(this.#path));
    return backwards ? this.#corners.map(({ x, y, at }) => ({ x, y, at: 1 - at })).reverse() : this.#corners;
  }
}

/** @param {Pick<SVGPathElement, 'getTotalLength'|'getPointAtLength'>} path @returns {Point[]} */
function sampled(path) {
  const length = path.getTotalLength();
  const count = Math.max(2, Math.ceil(length / STEP));
  return Array.from({ length: count + 1 }, (_, i) => {
    const { x, y } = path.getPointAtLength((length * i) / count);
    return { x, y, at: i / count };
  });
}

/** Without the points at which the path is straight. Pure. @param {Point[]} points */
export function corners(points) {
  return points.filter((point, i) => {
    if (i === 0 || i === points.length - 1) return true;
    const [before, after] = [points[i - 1], points[i + 1]];
    const turn = Math.atan2(after.y - point.y, after.x - point.x) - Math.atan2(point.y - before.y, point.x - before.x);
    return Math.abs(Math.sin(turn)) > STRAIGHT || Math.cos(turn) < 0;
  });
}

/** The point at this part of the path. Pure. @param {Point[]} points @param {number} at @returns {Point} */
export function between(points, at) {
  const next = Math.max(1, points.findIndex((point) => point.at >= at));
  const [a, b] = [points[next - 1], points[next]];
  const part = (at - a.at) / (b.at - a.at);
  return { x: a.x + part * (b.x - a.x), y: a.y + part * (b.y - a.y), at };
}

/** It stops on its way and fades. @param {Point[]} points */
function lost(points) {
  const end = between(points, LOST_AT);
  const covered = [...points.filter(({ at }) => at < LOST_AT), end];
  return [...covered.map((point) => ({ transform: transform(point), offset: (point.at / LOST_AT) * 0.6, opacity: 1 })),
    { transform: transform(end), offset: 1, opacity: 0 }];
}

/** @param {{x: number, y: number}} point */
const transform = ({ x, y }) => `translate(${x.toFixed(1)}px,${y.toFixed(1)}px)`;
/** @param {Point} point */
const there = (point) => ({ transform: transform(point), offset: point.at });
