// Where the time of a run went.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timeSpent } from '../../static/js/state/time_spent.js';

const REQUEST = { kind: 'request', source: 'customer', target: 'gateway', name: 'POST /api/orders', run: 'r', trace: 't', span: 'a' };
const ANSWER = { kind: 'response', source: 'gateway', target: 'customer', name: 'POST /api/orders', run: 'r', trace: 't', span: 'a', duration_ms: 280 };
const called = (source, duration_ms, more = {}) => ({ kind: 'response', source, target: 'gateway', run: 'r', trace: 't', span: 'b', parent: 'a', name: 'x', duration_ms, ...more });
const deliver = (target, wait_ms) => ({ kind: 'deliver', source: 'broker', target, run: 'r', name: 'OrderPlaced', wait_ms });
const worked = (target, work_ms) => ({ kind: 'process', target, run: 'r', name: 'OrderPlaced', work_ms });

test('the customer’s waiting is divided among those whom the gateway called, and itself', () => {
  const beyond = called('email-provider', 99, { target: 'notification', parent: 'b' });
  const { waited } = timeSpent([REQUEST, called('menu', 60), beyond, called('payments', 160), ANSWER]);
  assert.deepEqual(waited, { parts: [{ name: '', ms: 60 }, { name: 'menu', ms: 60 }, { name: 'payments', ms: 160 }], ms: 280, times: 1 });
});

test('a texted message has waited in its queue and was worked on; of several the middle one counts', () => {
  const log = [REQUEST, ANSWER, deliver('restaurant', 10), worked('restaurant', 400), deliver('restaurant', 900), worked('restaurant', 420), deliver('restaurant', 500), worked('restaurant', 410), deliver('dispatch', 5)];
  assert.deepEqual(timeSpent(log).texted, [
    { service: 'restaurant', waited_ms: 500, worked_ms: 410, times: 3 }, { service: 'dispatch', waited_ms: 5, worked_ms: 0, times: 1 },
  ]);
});

test('it is about the newest run; a customer who only asks again begins none', () => {
  const poll = { ...REQUEST, run: 'p', name: 'GET /api/orders/7' };
  const log = [{ ...REQUEST, run: 'before' }, { ...ANSWER, run: 'before', duration_ms: 5 }, REQUEST, ANSWER, poll];
  assert.equal(timeSpent(log).waited.ms, 280);
  assert.deepEqual(timeSpent([]), { run: '', waited: null, texted: [] });
});
