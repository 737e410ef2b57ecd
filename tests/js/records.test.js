import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sentence } from '../../static/js/state/plain.js';
import { compareCursors, empty, reduce, withDepths, KEPT } from '../../static/js/state/records.js';

let n = 0;
const rec = (kind, more = {}) => ({ id: `${++n}-0`, at: n, kind, name: 'OrderPlaced', status: 'ok', run: 'r', ...more });

test('depths follow a text from its queue to its ack', () => {
  const of = (state) => state.queues.crm;
  let state = reduce(empty(), [rec('enqueue', { target: 'crm' }), rec('enqueue', { target: 'crm' })]);
  assert.equal(of(state).ready, 2);
  state = reduce(state, [rec('deliver', { target: 'crm' })]);
  assert.deepEqual([of(state).ready, of(state).unacked], [1, 1]);
  state = reduce(state, [rec('redeliver', { target: 'crm' }), rec('retry', { target: 'crm' })]);
  assert.deepEqual([of(state).unacked, of(state).delayed], [0, 1]);
});

test('a depth never goes below nothing, whatever was missed', () => {
  const state = reduce(empty(), [rec('ack', { target: 'crm' }), rec('deliver', { target: 'crm' })]);
  assert.equal(state.queues.crm.ready, 0);
});

test('what the server has counted replaces our sums', () => {
  const state = reduce(empty(), [rec('enqueue', { target: 'crm' })]);
  assert.deepEqual(withDepths(state, { crm: { ready: 7 } }).queues, { crm: { ready: 7 } });
});

test('reducing changes nothing of the state before', () => {
  const before = reduce(empty(), [rec('enqueue', { target: 'crm' })]);
  const copy = structuredClone(before);
  reduce(before, [rec('deliver', { target: 'crm' }), rec('request', { message: 'm', source: 'customer', target: 'gateway' })]);
  assert.deepEqual(before, copy);
});

test('a call is open until its answer', () => {
  const asked = reduce(empty(), [rec('request', { message: 'm', source: 'gateway', target: 'menu' })]);
  assert.equal(asked.calls.size, 1);
  assert.equal(reduce(asked, [rec('response', { message: 'm', source: 'menu', target: 'gateway' })]).calls.size, 0);
});

test('asking for a status is no new story', () => {
  const story = reduce(empty(), [rec('request', { name: 'POST /api/orders', run: 'one', source: 'customer', target: 'gateway', message: 'a' })]);
  const asked = reduce(story, [rec('request', { name: 'GET /api/orders/X', run: 'two', source: 'customer', target: 'gateway', message: 'b' })]);
  assert.equal(asked.run.id, 'one');
});

test('an order has its history, and the newest is the one that was placed last', () => {
  const told = (order, status) => rec('state', { name: status, data: { order, status } });
  const state = reduce(empty(), [told('A', 'placed'), told('B', 'placed'), told('A', 'accepted')]);
  assert.equal(state.newestOrder, 'B');
  assert.deepEqual(state.orders.get('A').history.map((h) => h.status), ['placed', 'accepted']);
});

test('the log is bounded and says how much was let go', () => {
  const many = Array.from({ length: KEPT + 10 }, () => rec('effect'));
  const state = reduce(empty(), many);
  assert.equal(state.log.length, KEPT);
  assert.equal(state.dropped, 10);
  assert.equal(state.cursor, many.at(-1).id);
});

test('a reset forgets everything but its own record', () => {
  const state = reduce(reduce(empty(), [rec('enqueue', { target: 'crm' })]), [rec('note', { name: 'Reset', run: undefined })]);
  assert.deepEqual(state.queues, {});
  assert.equal(state.log.length, 1);
});

test('cursors are ordered as numbers', () => {
  assert.ok(compareCursors('9-0', '10-0') < 0);
  assert.ok(compareCursors('10-2', '10-10') < 0);
  assert.equal(compareCursors('10', '10-0'), 0);
});

test('a breaker that is chosen in the design is not taken for one that opens', () => {
  const chosen = rec('note', { name: 'DesignChanged', data: { breaker: { on: true } } });
  const opened = rec('note', { name: 'Circuit open', source: 'gateway', target: 'users', data: { breaker: 'open' } });
  assert.equal(sentence(chosen), 'The design was changed.');
  assert.deepEqual(reduce(empty(), [chosen, opened]).breakers, { users: 'open' });
});

test('a fault is spent once it has hit as many as its limit', () => {
  const fault = { id: 'f', kind: 'errors' };
  const on = rec('fault', { fault, target: 'menu', data: { on: true, says: '', scope: 'playground', limit: 2 } });
  const hit = () => rec('request', { fault, source: 'gateway', target: 'menu' });
  const spent = (...records) => reduce(empty(), records).faults.get('f').is_spent;
  assert.deepEqual([spent(on), spent(on, hit()), spent(on, hit(), hit())], [false, false, true]);
  assert.equal(spent({ ...on, data: { on: true } }, hit()), false);
});
