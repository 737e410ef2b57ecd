// Charts and table of the last minutes: no zero where nothing was measured.

import assert from 'node:assert/strict';
import test from 'node:test';

import { charts } from '../../static/js/panels/metrics/charts.js';
import { columns, latest, merged, pointOf, subscribers, KEPT_S } from '../../static/js/state/metrics.js';

const point = (at, throughput_per_s = 1, slots = { taken: 1, of: 4 }) => ({ at, waiting: { crm: 2 }, throughput_per_s, errors_per_s: 0, answer_ms: null, completion_ms: null, slots });

test('a stats frame is a point: what waits in a queue is ready or delayed', () => {
  const queues = { crm: { ready: 2, unacked: 5, delayed: 1, dead: 9 } };
  assert.deepEqual(pointOf({ at: 1, queues, throughput_per_s: 0 }).waiting, { crm: 3 });
});

test('seconds without data are a gap', () => {
  const [times, values] = columns([point(1), point(2), point(9)], [(p) => p.throughput_per_s]);
  assert.deepEqual(times, [1, 2, 5.5, 9]);
  assert.deepEqual(values, [1, 1, null, 1]);
});

test('what was not measured is a gap and not a zero', () => {
  assert.deepEqual(columns([point(1)], [(p) => p.answer_ms?.p50])[1], [null]);
});

test('the server adds older points and never replaces the points of the page', () => {
  const recalled = [point(1, 7), point(2, 7), point(3, 7)].map(({ slots, ...rest }) => rest);
  const all = merged([point(3.2), point(4.2)], recalled);
  assert.deepEqual(all.map((p) => [p.at, p.throughput_per_s]), [[1, 7], [2, 7], [3.2, 1], [4.2, 1]]);
  assert.equal(all[0].slots, null);
});

test('only the points that are shown are kept', () => {
  assert.deepEqual(latest([point(0), point(KEPT_S + 5)]).map((p) => p.at), [KEPT_S + 5]);
  assert.deepEqual(latest([]), []);
});

test('queues are sorted', () => {
  assert.deepEqual(subscribers([{ waiting: { orders: 1 } }, { waiting: { crm: 0, orders: 2 } }]), ['crm', 'orders']);
});

/** What a chart shows of the newest point: its unit, and each series by its name. */
function seen(name, points) {
  const { unit, series } = charts(points).find((chart) => chart.name === name);
  return { unit, ...Object.fromEntries(series.map(([words, pick]) => [words, pick(points.at(-1))])) };
}

test('messages done and hops failed are two series', () => {
  const failing = { ...point(1, 3), errors_per_s: 0.4 };
  assert.deepEqual(seen('Throughput and errors', [failing]), { unit: 'a second', 'messages done': 3, 'hops failed': 0.4 });
});

test('request slots are shown with their bound, and with the requests that wait for one', () => {
  const full = point(2, 1, { taken: 4, of: 4, waiting: 7 });
  assert.deepEqual(seen('Request slots', [point(1), full]), { unit: 'of 4', taken: 4, 'waited for': 7 });
  const free = point(3, 1, { taken: 9, of: null, waiting: 0 });
  assert.deepEqual(seen('Request slots', [full, free]), { unit: 'no bound', taken: 9, 'waited for': 0 });
});

test('slots that were not counted are not shown as free', () => {
  assert.deepEqual(seen('Request slots', [{ ...point(1), slots: null }]), { unit: 'no bound', taken: undefined, 'waited for': undefined });
});

test('each queue has its own line, and times are in milliseconds', () => {
  assert.deepEqual(seen('Waiting in each queue', [{ ...point(1), waiting: { orders: 1, crm: 2 } }]), { unit: 'messages', crm: 2, orders: 1 });
  const answered = { ...point(1), answer_ms: { p50: 12, p95: 80 } };
  assert.deepEqual(seen('Answer time', [answered]), { unit: 'last minute', p50: 12, p95: 80 });
  assert.equal(charts([answered]).find(({ name }) => name === 'Answer time').show(80), '80 ms');
});
