// Charts and table of the last minutes: no zero where nothing was measured.

import assert from 'node:assert/strict';
import test from 'node:test';

import { columns, latest, merged, pointOf, subscribers, KEPT_S } from '../../static/js/state/metrics.js';

const point = (at, throughput_per_s = 1, slots = { taken: 1, of: 4 }) => ({ at, waiting: { crm: 2 }, throughput_per_s, errors_per_s: 0, answer_ms: null, completion_ms: null, slots });

test('a stats frame is a point: what waits in a queue is ready or delayed', () => {
  const queues = { crm: { ready: 2, unacked: 5, delayed: 1, dead: 9 } };
  assert.deepEqual(pointOf({ at: 1, queues, throughput_per_s: 0 }).waiting, { crm: 3 });
});

test('seconds of which nobody told us are a gap', () => {
  const [times, values] = columns([point(1), point(2), point(9)], [(p) => p.throughput_per_s]);
  assert.deepEqual(times, [1, 2, 5.5, 9]);
  assert.deepEqual(values, [1, 1, null, 1]);
});

test('what was not measured is a gap and not a zero', () => {
  assert.deepEqual(columns([point(1)], [(p) => p.answer_ms?.p50])[1], [null]);
});

test('the server fills in what the page has not seen, and never overwrites what it has', () => {
  const told = [point(1, 7), point(2, 7), point(3, 7)].map(({ slots, ...rest }) => rest);
  const all = merged([point(3.2), point(4.2)], told);
  assert.deepEqual(all.map((p) => [p.at, p.throughput_per_s]), [[1, 7], [2, 7], [3.2, 1], [4.2, 1]]);
  assert.equal(all[0].slots, null);
});

test('no more is kept than is shown', () => {
  assert.deepEqual(latest([point(0), point(KEPT_S + 5)]).map((p) => p.at), [KEPT_S + 5]);
  assert.deepEqual(latest([]), []);
});

test('queues come in one order', () => {
  assert.deepEqual(subscribers([{ waiting: { orders: 1 } }, { waiting: { crm: 0, orders: 2 } }]), ['crm', 'orders']);
});
