// What a twin run tells: both sides on one axis of time, and the difference in words. Pure.

import { ms } from './plain.js';

export const isOver = (twin) => ['done', 'stopped', 'failed'].includes(twin.state);

/** Where the one axis of both sides ends, in milliseconds. */
export function endOf(twin) {
  const times = Object.values(twin.sides).flatMap(({ outcome }) => (outcome
    ? [...outcome.actions.flatMap((a) => [a.sent, a.answered, a.finished]), ...outcome.spans.flatMap((s) => [s.from, s.to])] : []));
  const last = Math.max(500, ...times.filter((at) => at !== null));
  return isOver(twin) ? last : Math.max(last, twin.elapsed_ms);
}

/** Round moments, at most so many. @returns {number[]} milliseconds */
export function ticks(end, most) {
  const step = [100, 200, 500, 1000, 2000, 5000, 10000, 20000, 60000].find((size) => end / size <= most) ?? 120000;
  return Array.from({ length: Math.floor(end / step) + 1 }, (_, n) => n * step);
}

export const tickWords = (at) => (at === 0 ? '0' : `${at / 1000} s`);

/** How a customer fared: waits from..to, then work goes on to..until (null: it never was done). */
export function customer(action, end) {
  const hasAnswer = action.answered !== null;
  const to = hasAnswer ? action.answered : end;
  const isYes = hasAnswer && action.code >= 200 && action.code < 300;
  const isDone = action.finished !== null;
  return {
    from: action.sent, to, look: isYes ? 'answer' : hasAnswer ? 'failed' : 'waits',
    until: isDone && action.finished > to ? action.finished : null, isOpen: isYes && !isDone,
  };
}

/** The services that worked, each with its pieces of work, in the order of their first one. */
export function services(spans, end) {
  const found = new Map();
  for (const span of [...spans].sort((one, other) => one.from - other.from)) {
    if (!found.has(span.service)) found.set(span.service, []);
    found.get(span.service).push({ ...span, to: span.to ?? end });
  }
  return [...found].map(([service, work]) => ({ service, work }));
}

const statuses = (errors) => Object.entries(errors).map(([code, count]) => `${count} × ${code}`).join(', ');
const total = (errors) => Object.values(errors).reduce((sum, count) => sum + count, 0);
const whole = (count) => (count === 0 ? 'none' : `${count}`);

const times = [
  ['answered after', (o) => o.answer_ms?.p50 ?? null, 'has the answer'],
  ['slowest answer', (o) => o.answer_ms?.max ?? null, 'has the answer'],
  ['finished after', (o) => o.finished_ms?.p50 ?? null, 'is finished'],
];
const counts = [
  ['errors shown to the user', (o) => total(o.errors), 'shows {n}', true, (o) => statuses(o.errors) || 'none'],
  ['no answer in time', (o) => o.timed_out, 'leaves {n} without one', true],
  ['lost', (o) => o.lost, 'loses {n}', true],
  ['doubled', (o) => o.doubled, 'does {n} twice', true],
  ['on the way', (o) => o.pending, 'has {n} on the way', true],
  ['dead letters', (o) => o.dead, 'has {n}', false],
  ['stored, though the user saw an error', (o) => o.unasked, 'stored {n} all the same', false],
];

/**
 * The table: each row with both values and the difference in words.
 * @returns {{name: string, a: string, b: string, says: string, bad: string[]}[]}
 */
export function rows(twin) {
  const [a, b] = [twin.sides.a, twin.sides.b];
  if (!a.outcome || !b.outcome) return [];
  const made = times.map(([name, value, verb]) => timed(name, value(a.outcome), value(b.outcome), { a, b, verb }));
  const all = (side) => `${side.outcome.finished} of ${twin.customers}`;
  made.push({ name: 'finished', a: all(a), b: all(b), bad: [], says: counted(a.outcome.finished, b.outcome.finished, { a, b, verb: 'finishes {n}' }) });
  for (const [name, value, verb, always, words] of counts) {
    const [left, right] = [value(a.outcome), value(b.outcome)];
    if (!always && !left && !right) continue;
    const bad = name === 'on the way' ? [] : [left ? 'a' : '', right ? 'b' : ''].filter(Boolean);
    made.push({ name, a: words ? words(a.outcome) : whole(left), b: words ? words(b.outcome) : whole(right), bad, says: counted(left, right, { a, b, verb }) });
  }
  return made;
}

function timed(name, left, right, { a, b, verb }) {
  const row = { name, a: left === null ? '–' : ms(left), b: right === null ? '–' : ms(right), bad: [] };
  if (left === null && right === null) return { ...row, says: 'nothing was measured' };
  if (left === null || right === null) return { ...row, says: `only “${(left === null ? b : a).title}” ${verb}` };
  const [sooner, ratio] = left < right ? [a, right / Math.max(left, 0.1)] : [b, left / Math.max(right, 0.1)];
  if (ratio < 1.2) return { ...row, says: 'about the same' };
  return { ...row, says: `“${sooner.title}” ${verb} ${ratio < 10 ? ratio.toFixed(1) : Math.round(ratio)} times sooner` };
}

function counted(left, right, { a, b, verb }) {
  if (left === right) return left === 0 ? 'none on either side' : 'the same';
  const [more, less] = left > right ? [a, b] : [b, a];
  const [most, least] = [Math.max(left, right), Math.min(left, right)];
  return `“${more.title}” ${verb.replace('{n}', most)}, “${less.title}” ${whole(least)}`;
}

/** One sentence about where it is. */
export function progress(twin) {
  switch (twin.state) {
    case 'waiting': return 'Two fresh companies are being built …';
    case 'running': return 'Both sides at once.';
    case 'settling': return 'All customers have come. The work behind goes on.';
    case 'done': return settled(twin);
    case 'stopped': return 'Stopped: nobody else came. This is what was measured until then.';
    default: return `The twin itself failed (${twin.reason}). What is shown was measured before. Run it again.`;
  }
}

/** How long it has been on; changes too often to be read aloud. */
export const clock = (twin) => (twin.elapsed_ms && !isOver(twin) ? ` ${Math.floor(twin.elapsed_ms / 1000)} s` : '');

function settled(twin) {
  const open = Object.values(twin.sides).filter(({ outcome }) => outcome && !outcome.is_settled);
  if (!open.length) return 'Done: nothing is on the way on either side.';
  return `Time is over: on ${open.map(({ title }) => `“${title}”`).join(' and ')} something was still on the way.`;
}

/** What the drawing shows, for whoever does not see it. */
export function summary(twin) {
  return rows(twin).map((row) => `${row.name}: ${row.a} against ${row.b}, ${row.says}`).join('. ');
}
