import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { breakerLabels, faultLabels, queueLabels, slotLabels, waitLabels, workLabels } from '../../static/js/picture/labels.js';
import { ended, openCalls, waits, works } from '../../static/js/state/shown_state.js';
import { summary } from '../../static/js/panels/announcer.js';
import { empty, reduce } from '../../static/js/state/records.js';
import { lookOf } from '../../static/js/state/travel.js';

const order = JSON.parse(readFileSync(new URL('streams/order.json', import.meta.url)));
const ask = { kind: 'request', source: 'gateway', target: 'users', message: 'm', at: 100, status: 'ok' };
const answer = { ...ask, kind: 'response', source: 'users', target: 'gateway', duration_ms: 12, at: 100.012 };

const after = (...records) => reduce(empty(), records.map((r, n) => ({ id: `1-${n}`, name: 'x', ...r })));

test('a caller waits from its request to its response, for as long as the moment that is shown says', () => {
  assert.equal(waits(empty(), 100).size, 0);
  const asked = after(ask);
  assert.deepEqual(waits(asked, 100.5).get('gateway'), { n: 1, ms: 500 });
  assert.deepEqual([...openCalls(asked, 100.5)], [['gateway__users', 1]]);
  assert.equal(waits(after(ask, answer), 101).size, 0);
});

test('a caller that has waited for a minute and a half is gone', () => {
  assert.equal(waits(after(ask), 100 + 91).size, 0);
  assert.equal(openCalls(after(ask), 100 + 91).size, 0);
});

test('how work ended is shown for a moment', () => {
  const taken = { kind: 'deliver', target: 'crm', message: 'm', at: 1, status: 'ok' };
  const end = { kind: 'process', target: 'crm', message: 'm', status: 'error', at: 2 };
  assert.deepEqual(works(after(taken), new Map(), 0).get('crm'), { n: 1, end: null });
  const ends = ended(new Map(), [end], 1000);
  assert.deepEqual(works(after(taken, end), ends, 1100).get('crm'), { n: 0, end: 'failed' });
  assert.deepEqual(works(after(taken), ends, 1100).get('crm'), { n: 1, end: 'failed' }, 'another replica works');
  assert.equal(works(after(taken, end), ends, 1800).size, 0);
  assert.equal(ended(ends, [{ kind: 'note', name: 'Reset' }], 1100).size, 0);
});

test('waiting callers and working services are those of the state, at every record', () => {
  for (let count = 0; count <= order.length; count += 1) {
    const state = reduce(empty(), order.slice(0, count));
    const waiting = [...waits(state, state.log.at(-1)?.at ?? 0).values()].reduce((sum, { n }) => sum + n, 0);
    assert.equal(waiting, state.calls.size);
    assert.equal([...works(state, new Map(), 0).values()].reduce((sum, { n }) => sum + n, 0), state.work.size);
  }
});

test('labels say in words what the shapes show', () => {
  assert.equal(waitLabels(new Map([['gateway', { n: 1, ms: 310 }]]))[0].words, 'waits 0.31 s');
  assert.equal(waitLabels(new Map([['gateway', { n: 4, ms: 3 }]]))[0].words, '4 wait, 3.0 ms');
  assert.deepEqual(workLabels(new Map([['crm', { n: 2, end: null }]]), { crm: 3 }).map((l) => l.words), ['2 of 3 busy']);
  assert.deepEqual(workLabels(new Map([['crm', { n: 0, end: 'duplicate' }]]), { crm: 1 }).map((l) => [l.words, l.look]), [['duplicate: ignored', 'duplicate']]);
  assert.deepEqual(queueLabels('crm', { ready: 5, unacked: 1, delayed: 2, dead: 0 }, 1).map((l) => l.words), ['1 unacked', '2 delayed', '1 lost']);
  const breakers = breakerLabels(['users', 'menu', 'email_provider'], { menu: 'open', 'email-provider': 'half-open', crm: 'open' });
  assert.deepEqual(breakers.map((l) => [l.at, l.words]), [['users', 'breaker closed'], ['menu', 'breaker open'], ['email_provider', 'breaker half-open']]);
  assert.equal(faultLabels([{ id: 'f', kind: 'latency', target: 'gateway->users', ms: 800, hits: 2, percentage: 100 }])[0].at, 'users');
});

test('requests beyond the number of slots wait for one', () => {
  assert.deepEqual(slotLabels(null, 3), []);
  assert.equal(slotLabels(4, 3)[0].words, '3 of 4 slots');
  assert.deepEqual(slotLabels(4, 9)[0].words, '4 of 4 slots, 5 wait');
});

test('lost and duplicate messages have their own looks', () => {
  assert.equal(lookOf({ kind: 'enqueue', status: 'lost' }), 'lost');
  assert.equal(lookOf({ kind: 'process', status: 'duplicate' }), 'duplicate');
});

test('a few records have a sentence each, many have one summary', () => {
  const few = order.filter((r) => r.kind === 'response' && r.target === 'customer').slice(0, 1);
  assert.match(summary(few), /^The customer has the answer: 202/);
  const rush = Array.from({ length: 90 }, (_, n) => ({ ...answer, target: 'customer', message: `m${n}`, code: n < 7 ? 504 : 200, status: n < 7 ? 'timeout' : 'ok', name: 'x' }));
  assert.match(summary(rush), /^90 messages in the last 5 seconds, 7 failed\./);
});
