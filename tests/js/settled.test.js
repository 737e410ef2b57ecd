// When a run counts as settled.

import assert from 'node:assert/strict';
import test from 'node:test';

import { isSettled } from '../../static/js/lesson/settled.js';

const quiet = { ready: 0, unacked: 0, delayed: 0, dead: 3 };
const state = (calls = [], work = []) => ({ calls: new Map(calls), work: new Map(work) });

test('a dead letter is not on its way', () => {
  assert.ok(isSettled({ queues: { users: quiet } }, state()));
});

test('a waiting message and a waiting caller are', () => {
  assert.ok(!isSettled({ queues: { users: { ...quiet, delayed: 1 } } }, state()));
  assert.ok(!isSettled({ queues: {} }, state([['m1', {}]])));
});

test('a message acknowledged before the work is on its way until the work is done', () => {
  assert.ok(!isSettled({ queues: { users: quiet } }, state([], [['users m1', { acked: true }]])));
  assert.ok(isSettled({ queues: { users: quiet } }, state([], [['users m1', {}]])), 'the queue counts this one');
});
