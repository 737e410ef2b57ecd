import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { breakerLabels, faultLabels, queueLabels, slotLabels, waitLabels, workLabels } from '../../static/js/picture/labels.js';
import { arrived, departed, known, nothingShown, openCalls, settled, waits, works } from '../../static/js/state/shown_state.js';
import { summary } from '../../static/js/panels/announcer.js';
import { empty, reduce } from '../../static/js/state/records.js';
import { arrowOf, lookOf } from '../../static/js/state/travel.js';

const order = JSON.parse(readFileSync(new URL('streams/order.json', import.meta.url)));
const dot = (record) => ({ record, arrow: arrowOf(record) });
const ask = { kind: 'request', source: 'gateway', target: 'users', message: 'm', at: 100, status: 'ok' };
const answer = { ...ask, kind: 'response', source: 'users', target: 'gateway', duration_ms: 12, at: 100.012 };

test('a caller waits from the departure of its request to the arrival of its response', () => {
  assert.equal(waits(nothingShown(), 100).size, 0);
  const asked = departed(nothingShown(), [dot(ask)]);
  assert.deepEqual(waits(asked, 100.5).get('gateway'), { n: 1, ms: 500 });
  assert.deepEqual([...openCalls(asked, 100.5)], [['gateway__users', 1]]);
  assert.equal(waits(arrived(asked, [dot(answer)], 0), 101).size, 0);
});

test('a wait that is over is shown with its true length, however slow its dots', () => {
  const asked = departed(known(nothingShown(), [answer]), [dot(ask)]);
  assert.equal(waits(asked, 103).get('gateway').ms, 12);
});

test('a caller that has waited for a minute and a half is gone', () => {
  const asked = departed(nothingShown(), [dot(ask)]);
  assert.equal(waits(asked, 100 + 91).size, 0);
  assert.equal(openCalls(asked, 100 + 91).size, 0);
});

test('work is shown for a moment however short it was, and then how it ended', () => {
  const taken = { kind: 'deliver', target: 'crm', message: 'm', at: 1, status: 'ok' };
  const ended = known(nothingShown(), [{ kind: 'process', target: 'crm', message: 'm', status: 'error' }]);
  const shown = arrived(ended, [dot(taken)], 1000);
  assert.deepEqual(works(shown, 1100).get('crm'), { n: 1, end: null });
  assert.deepEqual(works(shown, 1400).get('crm'), { n: 0, end: 'failed' });
  assert.equal(works(shown, 2100).size, 0);
  assert.equal(arrived(shown, [], 2100).work.size, 0);
});

test('the customer has the answer when its dot has arrived, until the next request departs', () => {
  const given = { ...answer, source: 'gateway', target: 'customer' };
  const shown = arrived(nothingShown(), [dot(given)], 0);
  assert.equal(shown.answered, 'ok');
  assert.equal(departed(shown, [dot({ ...ask, source: 'customer', target: 'gateway' })]).answered, null);
  assert.equal(known(shown, [{ kind: 'note', name: 'Reset' }]).answered, null);
});

test('no event changes the state before it', () => {
  const before = departed(nothingShown(), [dot(ask)]);
  const copy = structuredClone(before);
  known(before, [answer]);
  departed(before, [dot({ ...ask, message: 'other' })]);
  arrived(before, [dot(answer)], 0);
  assert.deepEqual(before, copy);
});

test('after a jump, waiting callers and working services are those of the state', () => {
  for (let count = 0; count <= order.length; count += 1) {
    const state = reduce(empty(), order.slice(0, count));
    const shown = settled(state, 0);
    const waiting = [...waits(shown, state.log.at(-1)?.at ?? 0).values()].reduce((sum, { n }) => sum + n, 0);
    assert.equal(waiting, state.calls.size);
    assert.equal([...works(shown, 0).values()].reduce((sum, { n }) => sum + n, 0), state.work.size);
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
