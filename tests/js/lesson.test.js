// Captions and settling, pure: what fits a description, and when nothing is on its way any more.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { fits } from '../../static/js/lesson/matching.js';
import { isSettled } from '../../static/js/lesson/settled.js';

const shared = JSON.parse(readFileSync(new URL('./matching_cases.json', import.meta.url)));
for (const [match, expected] of shared.cases) {
  test(`as on the server, ${JSON.stringify(match)} ${expected ? 'fits' : 'does not fit'}`, () => assert.equal(fits(match, shared.record), expected));
}

const record = { kind: 'deliver', name: 'OrderPlaced', target: 'crm', attempt: 2, fault: { id: 'f', kind: 'errors' } };

test('a record fits a description that leaves out its other fields', () => {
  assert.ok(fits({ kind: 'deliver', attempt: 2 }, record));
  assert.ok(fits({ fault: 'errors', target: 'crm' }, record));
  assert.ok(fits({ status: 'ok' }, record));
  assert.ok(!fits({ kind: 'deliver', attempt: 1 }, record));
  assert.ok(!fits({ fault: 'hang' }, record));
});

test('a star stands for anything, and a point for a point', () => {
  assert.ok(fits({ name: 'Order*' }, record));
  assert.ok(fits({ name: 'PUT /api/users/*' }, { kind: 'request', name: 'PUT /api/users/7' }));
  assert.ok(!fits({ name: 'Ord.r*' }, record));
});

test('settled: no call open, and no queue with anything that will still be delivered', () => {
  const depth = { ready: 0, unacked: 0, delayed: 0, dead: 3 };
  const state = { calls: new Map(), work: new Map() };

  assert.ok(isSettled({ queues: { crm: depth } }, state));
  assert.ok(!isSettled({ queues: { crm: { ...depth, delayed: 1 } } }, state));
  assert.ok(!isSettled({ queues: {} }, { ...state, calls: new Map([['m', {}]]) }));
  assert.ok(!isSettled({ queues: {} }, { ...state, work: new Map([['m', { acked: true }]]) }), 'acknowledged early, and still in work');
  assert.ok(!isSettled(null, state));
});
