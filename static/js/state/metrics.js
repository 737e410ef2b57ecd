// The metrics of the last minutes, for charts and table. Pure.

/**
 * @typedef {{at: number, waiting: Object<string, number>, throughput_per_s: number, errors_per_s: number,
 *   answer_ms: {p50: number, p95: number}|null, completion_ms: {p50: number, p95: number}|null,
 *   slots: {taken: number, of: number|null, waiting?: number}|null}} Point
 * @typedef {Omit<Point, 'slots'> & {slots?: Point['slots']}} RecalledPoint  the server does not remember slots
 */

export const KEPT_S = 300;
const NEXT_S = 2.5; // two points further apart have a gap between them

/** The point of a `stats` frame. @param {Pick<import('./types.js').StatsFrame, 'at'|'queues'|'throughput_per_s'|'errors_per_s'|'answer_ms'|'completion_ms'|'slots'>} frame @returns {Point} */
export function pointOf({ at, queues, throughput_per_s, errors_per_s, answer_ms, completion_ms, slots }) {
  const waiting = Object.fromEntries(Object.entries(queues).map(([service, q]) => [service, q.ready + q.delayed]));
  return { at, waiting, throughput_per_s, errors_per_s, answer_ms, completion_ms, slots: slots ?? null };
}

/** The points of this page, and from the server those from before. @param {Point[]} seen @param {RecalledPoint[]} recalled */
export function merged(seen, recalled) {
  const isMissing = (/** @type {RecalledPoint} */ { at }) => !seen.some((p) => Math.abs(p.at - at) < 1);
  return latest([...recalled.filter(isMissing).map((p) => ({ ...p, slots: p.slots ?? null })), ...seen].sort((a, b) => a.at - b.at));
}

/** The points of the last minutes. @param {Point[]} points  oldest first */
export function latest(points) {
  const since = (points.at(-1)?.at ?? 0) - KEPT_S;
  return points.filter((p) => p.at >= since);
}

/** All subscribers in these points, sorted. @param {Point[]} points */
export const subscribers = (points) => [...new Set(points.flatMap((p) => Object.keys(p.waiting)))].sort();

/**
 * Columns for a chart: times, then a column per series. Null, which leaves a gap, where nothing was
 * measured and between points that are far apart.
 * @param {Point[]} points @param {((p: Point) => number|null|undefined)[]} picks
 */
export function columns(points, picks) {
  /** @type {number[]} */
  const times = [];
  /** @type {(number|null)[][]} */
  const values = picks.map(() => []);
  /** @type {number|null} */
  let before = null;
  for (const point of points) {
    if (before !== null && point.at - before > NEXT_S) {
      times.push((before + point.at) / 2);
      for (const column of values) column.push(null);
    }
    times.push(point.at);
    picks.forEach((pick, i) => values[i].push(pick(point) ?? null));
    before = point.at;
  }
  return [times, ...values];
}
