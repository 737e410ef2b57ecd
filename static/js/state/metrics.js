// The figures of the last minutes, as charts and as a table. Pure.

/**
 * @typedef {{at: number, waiting: Object<string, number>, throughput_per_s: number, errors_per_s: number,
 *   answer_ms: {p50: number, p95: number}|null, completion_ms: {p50: number, p95: number}|null,
 *   slots: {taken: number, of: number|null}|null}} Point
 */

export const KEPT_S = 300;
const NEXT_S = 2.5; // two points further apart have a gap between them

/** The point that a `stats` frame stands for. @returns {Point} */
export function pointOf({ at, queues, throughput_per_s, errors_per_s, answer_ms, completion_ms, slots }) {
  const waiting = Object.fromEntries(Object.entries(queues).map(([service, q]) => [service, q.ready + q.delayed]));
  return { at, waiting, throughput_per_s, errors_per_s, answer_ms, completion_ms, slots: slots ?? null };
}

/** What was seen, and from the server's memory what was not. @param {Point[]} seen @param {Point[]} told */
export function merged(seen, told) {
  const isMissing = ({ at }) => !seen.some((p) => Math.abs(p.at - at) < 1);
  return latest([...told.filter(isMissing).map((p) => ({ slots: null, ...p })), ...seen].sort((a, b) => a.at - b.at));
}

/** Those of the last minutes. @param {Point[]} points  oldest first */
export function latest(points) {
  const since = (points.at(-1)?.at ?? 0) - KEPT_S;
  return points.filter((p) => p.at >= since);
}

/** Every subscriber that occurs, in one order. @param {Point[]} points */
export const subscribers = (points) => [...new Set(points.flatMap((p) => Object.keys(p.waiting)))].sort();

/**
 * Columns for a chart: times, then a column per series. Where nothing was measured, and between
 * points that are far apart, there is null: a gap.
 * @param {Point[]} points @param {((p: Point) => number|null|undefined)[]} picks
 */
export function columns(points, picks) {
  const made = [[], ...picks.map(() => [])];
  let before = null;
  for (const point of points) {
    if (before !== null && point.at - before > NEXT_S) {
      made[0].push((before + point.at) / 2);
      picks.forEach((_, i) => made[i + 1].push(null));
    }
    made[0].push(point.at);
    picks.forEach((pick, i) => made[i + 1].push(pick(point) ?? null));
    before = point.at;
  }
  return made;
}
