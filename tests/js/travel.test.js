import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Schedule, RIDE_MS } from '../../static/js/picture/schedule.js';
import { arrowOf, lookOf } from '../../static/js/state/travel.js';

test('a response moves back along the arrow of its request', () => {
  const ask = arrowOf({ kind: 'request', source: 'gateway', target: 'users' });
  const answer = arrowOf({ kind: 'response', source: 'users', target: 'gateway' });
  assert.equal(ask.edge, answer.edge);
  assert.deepEqual([answer.from, answer.to, answer.backwards], ['users', 'gateway', true]);
});

test('a text goes from its sender to the broker, into a queue, and on to its consumer', () => {
  const hop = (kind, source, target) => arrowOf({ kind, source, target }).edge;
  assert.equal(hop('publish', 'orders', 'broker'), 'orders__broker');
  assert.equal(hop('enqueue', 'broker', 'email-provider'), 'broker__q_email_provider');
  assert.equal(hop('deliver', 'broker', 'crm'), 'q_crm__crm');
  assert.deepEqual(arrowOf({ kind: 'retry', target: 'crm' }).to, 'q_crm');
});

test('records that move nowhere have no arrow', () => {
  for (const kind of ['effect', 'ack', 'state', 'fault', 'note']) assert.equal(arrowOf({ kind, target: 'crm' }), null);
});

test('failures, retries and faults each have their look', () => {
  assert.equal(lookOf({ kind: 'response', status: 'timeout' }), 'failed');
  assert.equal(lookOf({ kind: 'deliver', status: 'ok', attempt: 2 }), 'retry');
  assert.equal(lookOf({ kind: 'deliver', status: 'ok', attempt: 1, fault: { id: 'f' } }), 'waiting');
  assert.equal(lookOf({ kind: 'deliver', status: 'ok', attempt: 1 }), 'ok');
});

const record = (kind, trace = 't') => ({ kind, trace, source: 'a', target: 'b', message: trace });

test('no dot departs before the dot that caused it has arrived', () => {
  const schedule = new Schedule();
  const publish = schedule.add(record('publish'), { from: 'orders', to: 'broker' }, 1000, RIDE_MS);
  const enqueue = schedule.add(record('enqueue'), { from: 'broker', to: 'q_crm' }, 1001, RIDE_MS);
  const deliver = schedule.add(record('deliver'), { from: 'q_crm', to: 'crm' }, 1002, RIDE_MS);
  assert.equal(publish.departs, 1000);
  assert.equal(enqueue.departs, publish.arrives);
  assert.equal(deliver.departs, enqueue.arrives);
  const end = schedule.add({ ...record('process'), target: 'crm' }, null, 1003, RIDE_MS);
  assert.ok(end.happens >= deliver.arrives);
});

test('a request whose record follows an answer departs when the answer has arrived, whatever their traces', () => {
  const schedule = new Schedule();
  const request = schedule.add(record('request', 'one'), { from: 'customer', to: 'gateway' }, 1000, RIDE_MS);
  const answer = schedule.add(record('response', 'one'), { from: 'gateway', to: 'customer' }, 1010, RIDE_MS);
  const next = schedule.add(record('request', 'two'), { from: 'customer', to: 'gateway' }, 1020, RIDE_MS);
  assert.deepEqual([request.departs, answer.departs, next.departs], [1000, 1000 + RIDE_MS, 1000 + 2 * RIDE_MS]);
});

test('traces whose records overlap move at the same time', () => {
  const schedule = new Schedule();
  schedule.add(record('request', 'one'), { from: 'customer', to: 'gateway' }, 1000, RIDE_MS);
  assert.equal(schedule.add(record('request', 'two'), { from: 'customer', to: 'gateway' }, 1000, RIDE_MS).departs, 1000);
});

test('a picture that is far behind waits for its dots no more', () => {
  const schedule = new Schedule();
  let last;
  for (let i = 0; i < 60; i += 1) last = schedule.add(record('request'), i % 2 ? { from: 'b', to: 'a' } : { from: 'a', to: 'b' }, 1000, RIDE_MS);
  assert.ok(last.departs - 1000 <= 18 * RIDE_MS);
});

test('a frozen picture continues where it stopped', () => {
  const schedule = new Schedule();
  const before = schedule.add(record('request'), { from: 'a', to: 'b' }, 1000, RIDE_MS);
  schedule.postpone(5000);
  assert.equal(schedule.add(record('request'), { from: 'b', to: 'c' }, 1100, RIDE_MS).departs, before.arrives + 5000);
});
