import assert from 'node:assert/strict';
import { test } from 'node:test';
import { customer, endOf, progress, rows, services, summary, ticks } from '../../static/js/state/twin.js';

const action = (values = {}) => ({ number: 0, action: 'order', sent: 0, answered: 300, code: 202, finished: 1200, ...values });
const outcome = (values = {}) => ({
  errors: {}, answer_ms: { p50: 300, p95: 300, max: 320 }, finished_ms: { p50: 1200, p95: 1200, max: 1200 }, finished: 1,
  timed_out: 0, lost: 0, doubled: 0, pending: 0, dead: 0, unasked: 0, actions: [action()], spans: [], is_settled: true, ...values,
});
const twin = (a = {}, b = {}, more = {}) => ({
  state: 'done', reason: '', customers: 1, elapsed_ms: 9000, length_ms: 1000,
  sides: { a: { title: 'Calls', outcome: outcome(a) }, b: { title: 'Texts', outcome: outcome(b) } }, ...more,
});
const row = (of, name) => rows(of).find((one) => one.name === name);

test('both sides share an axis that ends with the last thing that happened on either', () => {
  assert.equal(endOf(twin({}, { spans: [{ service: 'crm', from: 100, to: 4000 }] })), 4000);
});

test('while it runs the axis ends now', () => {
  assert.equal(endOf(twin({}, {}, { state: 'running' })), 9000);
});

test('ticks are round and few', () => {
  assert.deepEqual(ticks(1800, 4), [0, 500, 1000, 1500]);
  assert.ok(ticks(95000, 4).length <= 5);
});

test('a customer waits until the answer, and the work goes on after it', () => {
  assert.deepEqual(customer(action(), 2000), { from: 0, to: 300, look: 'answer', until: 1200, isOpen: false });
});

test('an order that is never finished is left open, and one that saw an error is not', () => {
  assert.equal(customer(action({ finished: null }), 2000).isOpen, true);
  const refused = customer(action({ code: 504, finished: null }), 2000);
  assert.deepEqual([refused.look, refused.isOpen], ['failed', false]);
});

test('a customer without an answer waits to the end of the axis', () => {
  const waiting = customer(action({ answered: null, code: 0, finished: null }), 2000);
  assert.deepEqual([waiting.look, waiting.to], ['waits', 2000]);
});

test('services stand in the order of their first work; open work lasts until now', () => {
  const spans = [{ service: 'crm', from: 500, to: null }, { service: 'menu', from: 10, to: 20 }];
  const found = services(spans, 900);
  assert.deepEqual(found.map((one) => one.service), ['menu', 'crm']);
  assert.equal(found[1].work[0].to, 900);
});

test('the difference of times is said in words, and small ones are none', () => {
  const far = twin({ answer_ms: { p50: 3000, p95: 3000, max: 3000 } });
  assert.equal(row(far, 'answered after').says, '“Texts” has the answer 10 times sooner');
  assert.equal(row(twin(), 'answered after').says, 'about the same');
});

test('a side without a measure is not compared by number', () => {
  const never = twin({ finished_ms: null, finished: 0 });
  assert.equal(row(never, 'finished after').a, '–');
  assert.equal(row(never, 'finished after').says, 'only “Texts” is finished');
});

test('lost messages are marked and counted in words', () => {
  const lost = row(twin({ lost: 2 }), 'lost');
  assert.deepEqual([lost.a, lost.b, lost.bad, lost.says], ['2', 'none', ['a'], '“Calls” loses 2, “Texts” none']);
});

test('errors are listed by the status that users saw', () => {
  const failed = row(twin({ errors: { 503: 2, 'no answer': 1 } }), 'errors shown to the user');
  assert.deepEqual([failed.a, failed.b], ['2 × 503, 1 × no answer', 'none']);
});

test('dead letters and half-done work have a row only if there are any', () => {
  assert.equal(row(twin(), 'dead letters'), undefined);
  assert.ok(row(twin({ dead: 1 }), 'dead letters'));
});

test('before anything is measured there is no table', () => {
  const fresh = twin();
  fresh.sides.a.outcome = null;
  assert.deepEqual(rows(fresh), []);
  assert.equal(summary(fresh), '');
});

test('the end says what was still on the way', () => {
  assert.match(progress(twin()), /nothing is on the way/);
  assert.match(progress(twin({ is_settled: false })), /on “Calls” something was still on the way/);
  assert.match(progress(twin({}, {}, { state: 'failed', reason: 'its worker has gone' })), /its worker has gone/);
});
