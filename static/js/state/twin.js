// The results of a twin run: both sides on one axis of time, and the difference in words. Pure.

import { ms } from './plain.js';

/**
 * @typedef {import('./schema.js').TwinActionOut} Action
 * @typedef {{number: number, service: string, style: string, from: number, to: number|null, status: string}} Span  a piece of work
 * @typedef {Span & {to: number}} Work
 * @typedef {Omit<import('./schema.js').TwinOutcomeOut, 'spans'> & {spans: Span[]}} Outcome
 * @typedef {Omit<import('./schema.js').TwinSideOut, 'outcome'> & {outcome: Outcome|null}} Side
 * @typedef {Omit<import('./schema.js').TwinOut, 'sides'> & {sides: {a: Side, b: Side}}} Twin
 * @typedef {ReturnType<typeof customer>} Customer
 * @typedef {{name: string, a: string, b: string, says: string, bad: string[]}} Row
 */

/** @param {Twin} twin */
export const isOver = (twin) => ['done', 'stopped', 'failed'].includes(twin.state);

/** Where the axis of both sides ends, in milliseconds. @param {Twin} twin */
export function endOf(twin) {
  const times = Object.values(twin.sides).flatMap(({ outcome }) => (outcome
    ? [...outcome.actions.flatMap((a) => [a.sent, a.answered, a.finished]), ...outcome.spans.flatMap((s) => [s.from, s.to])] : []));
  const last = Math.max(500, ...times.map((at) => at ?? 0));
  return isOver(twin) ? last : Math.max(last, twin.elapsed_ms);
}

/** Round times, at most `most` of them. @param {number} end @param {number} most @returns {number[]} milliseconds */
export function ticks(end, most) {
  const step = [100, 200, 500, 1000, 2000, 5000, 10000, 20000, 60000].find((size) => end / size <= most) ?? 120000;
  return Array.from({ length: Math.floor(end / step) + 1 }, (_, n) => n * step);
}

/** @param {number} at  ms */
export const tickWords = (at) => (at === 0 ? '0' : `${at / 1000} s`);

/** One customer: waits from..to, then work goes on to..until (null: no work after the answer). @param {Action} action @param {number} end */
export function customer({ sent, answered, code, finished }, end) {
  const to = answered ?? end;
  const isYes = answered !== null && code >= 200 && code < 300;
  return {
    from: sent, to, look: isYes ? 'answer' : answered !== null ? 'failed' : 'waits',
    until: finished !== null && finished > to ? finished : null, isOpen: isYes && finished === null,
  };
}

/** The services that worked, each with its pieces of work, in the order of their first one. @param {Span[]} spans @param {number} end @returns {{service: string, work: Work[]}[]} */
export function services(spans, end) {
  /** @type {Map<string, Work[]>} */
  const found = new Map();
  for (const span of [...spans].sort((one, other) => one.from - other.from)) {
    found.set(span.service, [...found.get(span.service) ?? [], { ...span, to: span.to ?? end }]);
  }
  return [...found].map(([service, work]) => ({ service, work }));
}

/** @param {Object<string, number>} errors */
const statuses = (errors) => Object.entries(errors).map(([code, count]) => `${count} × ${code}`).join(', ');
/** @param {Object<string, number>} errors */
const total = (errors) => Object.values(errors).reduce((sum, count) => sum + count, 0);
/** @param {number} count */
const whole = (count) => (count === 0 ? 'none' : `${count}`);

/** @type {[string, (outcome: Outcome) => number|null, string][]} */
const times = [
  ['answered after', (o) => o.answer_ms?.p50 ?? null, 'has the answer'],
  ['slowest answer', (o) => o.answer_ms?.max ?? null, 'has the answer'],
  ['finished after', (o) => o.finished_ms?.p50 ?? null, 'is finished'],
];
/** @type {[string, (outcome: Outcome) => number, string, boolean, ((outcome: Outcome) => string)?][]} */
const counts = [
  ['errors shown to the user', (o) => total(o.errors), 'shows {n}', true, (o) => statuses(o.errors) || 'none'],
  ['no answer in time', (o) => o.timed_out, 'leaves {n} without one', true],
  ['lost', (o) => o.lost, 'loses {n}', true],
  ['doubled', (o) => o.doubled, 'does {n} twice', true],
  ['on the way', (o) => o.pending, 'has {n} on the way', true],
  ['dead letters', (o) => o.dead, 'has {n}', false],
  ['stored, though the user saw an error', (o) => o.unasked, 'stored {n} after an error', false],
];

/**
 * The table: each row with both values and the difference in words.
 * @param {Twin} twin @returns {Row[]}
 */
export function rows(twin) {
  const [a, b] = [twin.sides.a, twin.sides.b];
  const [first, second] = [a.outcome, b.outcome];
  if (!first || !second) return [];
  const made = times.map(([name, value, verb]) => timed(name, value(first), value(second), { a, b, verb }));
  const all = (/** @type {Outcome} */ { finished }) => `${finished} of ${twin.customers}`;
  made.push({ name: 'finished', a: all(first), b: all(second), bad: [], says: counted(first.finished, second.finished, { a, b, verb: 'finishes {n}' }) });
  for (const [name, value, verb, always, words] of counts) {
    const [left, right] = [value(first), value(second)];
    if (!always && !left && !right) continue;
    const bad = name === 'on the way' ? [] : [left ? 'a' : '', right ? 'b' : ''].filter(Boolean);
    made.push({ name, a: words ? words(first) : whole(left), b: words ? words(second) : whole(right), bad, says: counted(left, right, { a, b, verb }) });
  }
  return made;
}

/** @param {string} name @param {number|null} left @param {number|null} right @param {{a: Side, b: Side, verb: string}} sides @returns {Row} */
function timed(name, left, right, { a, b, verb }) {
  /** @type {Omit<Row, 'says'>} */
  const row = { name, a: left === null ? '–' : ms(left), b: right === null ? '–' : ms(right), bad: [] };
  if (left === null && right === null) return { ...row, says: 'nothing was measured' };
  if (left === null || right === null) return { ...row, says: `only “${(left === null ? b : a).title}” ${verb}` };
  const [sooner, ratio] = left < right ? [a, right / Math.max(left, 0.1)] : [b, left / Math.max(right, 0.1)];
  if (ratio < 1.2) return { ...row, says: 'about the same' };
  return { ...row, says: `“${sooner.title}” ${verb} ${ratio < 10 ? ratio.toFixed(1) : Math.round(ratio)} times sooner` };
}

/** @param {number} left @param {number} right @param {{a: Side, b: Side, verb: string}} sides */
function counted(left, right, { a, b, verb }) {
  if (left === right) return left === 0 ? 'none on either side' : 'the same';
  const [more, less] = left > right ? [a, b] : [b, a];
  const [most, least] = [Math.max(left, right), Math.min(left, right)];
  return `“${more.title}” ${verb.replace('{n}', String(most))}, “${less.title}” ${whole(least)}`;
}

/** One sentence about its progress. @param {Twin} twin */
export function progress(twin) {
  switch (twin.state) {
    case 'waiting': return 'Starting two fresh companies …';
    case 'running': return 'Both sides are running.';
    case 'settling': return 'All customers have sent their requests. Work in the background continues.';
    case 'done': return settled(twin);
    case 'stopped': return 'Stopped. These are the measurements up to then.';
    default: return `The twin run failed (${twin.reason}). These are the measurements up to then. Run it again.`;
  }
}

/** How long it has been running; this changes too often to be read aloud. @param {Twin} twin */
export const clock = (twin) => (twin.elapsed_ms && !isOver(twin) ? ` ${Math.floor(twin.elapsed_ms / 1000)} s` : '');

/** @param {Twin} twin */
function settled(twin) {
  const open = Object.values(twin.sides).filter(({ outcome }) => outcome && !outcome.is_settled);
  if (!open.length) return 'Done: nothing is on the way on either side.';
  return `Time limit reached: on ${open.map(({ title }) => `“${title}”`).join(' and ')} something was still on the way.`;
}

/** The drawing as text. @param {Twin} twin */
export function summary(twin) {
  return rows(twin).map((row) => `${row.name}: ${row.a} against ${row.b}, ${row.says}`).join('. ');
}
