import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareCursors } from '../../static/js/state/cursor.js';
import { sentence } from '../../static/js/state/plain.js';
import { empty, reduce, reduceFrame, KEPT } from '../../static/js/state/records.js';

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

const stats = (cursor, more = {}) => ({ type: 'stats', cursor, queues: { crm: { ready: 7 } }, breakers: {}, ...more });

test('depths that the server has counted at our last record replace our sums', () => {
  const state = reduce(empty(), [rec('enqueue', { target: 'crm' })]);
  assert.deepEqual(reduceFrame(state, stats(state.cursor)).queues, { crm: { ready: 7 } });
});

test('depths counted at another record are ignored', () => {
  const state = reduce(empty(), [rec('enqueue', { target: 'crm' })]);
  assert.equal(reduceFrame(state, stats('9999-0')).queues.crm.ready, 1);
});

test('while records come, depths are counted from records only: those of the server may be of a later moment', () => {
  const at = 1_700_000_000;
  const first = reduceFrame(empty(), stats('0-0', { at }));
  const one = { id: `${at * 1000}-0`, kind: 'enqueue', target: 'crm', status: 'ok', name: 'x', at };
  const state = reduce(first, [one]);
  assert.equal(reduceFrame(state, stats(state.cursor, { at: at + 0.2, queues: { crm: { ready: 99 } } })).queues.crm.ready, 8);
  assert.equal(reduceFrame(state, stats(state.cursor, { at: at + 1.2, queues: { crm: { ready: 99 } } })).queues.crm.ready, 99);
});

test('a retried message is delivered from the delayed ones', () => {
  const record = (kind, message, attempt) => ({ id: '1-0', kind, message, attempt, target: 'crm', status: 'ok', name: 'x', at: 1 });
  const state = reduce(empty(), [
    record('enqueue', 'a'), record('deliver', 'a', 1), record('retry', 'a', 1), record('enqueue', 'b'), record('deliver', 'a', 2),
  ]);
  assert.deepEqual(state.queues.crm, { ready: 1, unacked: 1, delayed: 0, dead: 0 });
});

test('the phases of the circuit breakers are those of the newest stats', () => {
  const state = reduceFrame(empty(), stats('1-0', { breakers: { users: 'half-open' } }));
  assert.deepEqual(state.breakers, { users: 'half-open' });
});

test('design, connections and topology are those of the newest frames', () => {
  const connections = [{ id: 'orders->crm', style: 'text' }];
  const topology = { type: 'diagram', diagram: 'topology', source: 'graph LR' };
  const state = [{ type: 'design', design: { ack: 'early' }, connections }, topology].reduce(reduceFrame, empty());
  assert.deepEqual([state.design, state.connections, state.topology], [{ ack: 'early' }, connections, topology]);
});

test('a frame changes nothing of the state before', () => {
  const before = empty();
  reduceFrame(before, { type: 'faults', faults: [{ id: 'f', hits: 1, limit: 0, is_spent: false }] });
  assert.deepEqual(before, empty());
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

test('the run of a rush began with its first customer', () => {
  const request = (at) => rec('request', { at, name: 'POST /api/orders', run: 'rush', source: 'customer', target: 'gateway', message: `${at}` });
  assert.equal(reduce(empty(), [request(10), request(11)]).run.at, 10);
});

test('asking for a status does not begin a run', () => {
  const story = reduce(empty(), [rec('request', { name: 'POST /api/orders', run: 'one', source: 'customer', target: 'gateway', message: 'a' })]);
  const asked = reduce(story, [rec('request', { name: 'GET /api/orders/X', run: 'two', source: 'customer', target: 'gateway', message: 'b' })]);
  assert.equal(asked.run.id, 'one');
});

test('an order has its history, and the newest is the one that was placed last', () => {
  const orderIs = (order, status) => rec('state', { name: status, data: { order, status } });
  const state = reduce(empty(), [orderIs('A', 'placed'), orderIs('B', 'placed'), orderIs('A', 'accepted')]);
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

test('a reset deletes everything but its own record and the design', () => {
  const before = reduceFrame(reduce(empty(), [rec('enqueue', { target: 'crm' })]), { type: 'design', design: { ack: 'early' }, connections: [] });
  const state = reduce(before, [rec('note', { name: 'Reset', run: undefined })]);
  assert.deepEqual(state.queues, {});
  assert.equal(state.log.length, 1);
  assert.deepEqual(state.design, { ack: 'early' });
});

test('cursors are ordered as numbers', () => {
  assert.ok(compareCursors('9-0', '10-0') < 0);
  assert.ok(compareCursors('10-2', '10-10') < 0);
  assert.equal(compareCursors('10', '10-0'), 0);
});

test('a breaker that the design switches on is not one that opens', () => {
  const chosen = rec('note', { name: 'DesignChanged', data: { breaker: { on: true } } });
  const opened = rec('note', { name: 'Circuit open', source: 'gateway', target: 'users', data: { breaker: 'open' } });
  assert.equal(sentence(chosen), 'The design was changed.');
  assert.deepEqual(reduce(empty(), [chosen, opened]).breakers, { users: 'open' });
});

test('a fault is spent after as many hits as its limit', () => {
  const fault = { id: 'f', kind: 'errors' };
  const on = rec('fault', { fault, target: 'menu', data: { on: true, says: '', scope: 'playground', limit: 2 } });
  const hit = () => rec('request', { fault, source: 'gateway', target: 'menu' });
  const spent = (...records) => reduce(empty(), records).faults.get('f').is_spent;
  assert.deepEqual([spent(on), spent(on, hit()), spent(on, hit(), hit())], [false, false, true]);
  assert.equal(spent({ ...on, data: { on: true } }, hit()), false);
});

const listed = (more = {}) => ({ id: 'f', kind: 'errors', target: 'menu', says: 'Menu fails.', scope: 'playground', limit: 0, hits: 0, is_spent: false, hint: 'Press Place order.', ...more });
const faultOf = (state) => state.faults.get('f');
const switched = (on) => rec('fault', { fault: { id: 'f', kind: 'errors' }, target: 'menu', data: { on, says: 'Menu fails.', scope: 'playground', limit: 0 } });
const hitBy = () => rec('request', { fault: { id: 'f', kind: 'errors' }, source: 'gateway', target: 'menu' });

test('a fault is on from its record on, and the server adds its description', () => {
  const on = reduce(empty(), [switched(true)]);
  assert.deepEqual([faultOf(on).says, faultOf(on).hint], ['Menu fails.', undefined]);
  const described = reduceFrame(on, { type: 'faults', faults: [listed()] });
  assert.equal(faultOf(described).hint, 'Press Place order.');
  assert.equal(reduce(described, [switched(false)]).faults.size, 0);
});

test('a hit that both the server and the records have counted is one hit', () => {
  const on = reduceFrame(reduce(empty(), [switched(true)]), { type: 'faults', faults: [listed({ hits: 1 })] });
  assert.equal(faultOf(reduce(on, [hitBy()])).hits, 1, 'the list came before the record');
  const hit = reduce(reduce(empty(), [switched(true)]), [hitBy()]);
  assert.equal(faultOf(reduceFrame(hit, { type: 'faults', faults: [listed({ hits: 0 })] })).hits, 1, 'the list is older than the record');
});

test('a second fault of a kind at a place replaces the first, without a record of its end', () => {
  const second = { ...switched(true), fault: { id: 'second', kind: 'errors' } };
  const elsewhere = { ...switched(true), fault: { id: 'elsewhere', kind: 'errors' }, target: 'users' };
  assert.deepEqual([...reduce(empty(), [switched(true), elsewhere, second]).faults.keys()], ['elsewhere', 'second']);
});

test('a fault that the server no longer lists is off', () => {
  const on = reduce(empty(), [switched(true)]);
  assert.equal(reduceFrame(on, { type: 'faults', faults: [] }).faults.size, 0);
});
