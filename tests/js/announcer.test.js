// What is announced to screen readers, and how often.

import assert from 'node:assert/strict';
import { mock, test } from 'node:test';

import { announcer } from '../../static/js/panels/announcer.js';

const answer = (n, more = {}) => ({ kind: 'response', source: 'gateway', target: 'customer', name: 'x', message: `m${n}`, code: 200, status: 'ok', duration_ms: 12, ...more });
const hop = (n) => ({ kind: 'enqueue', target: 'crm', name: 'x', message: `m${n}`, status: 'ok' });
const ANSWERED = 'The customer has the answer: 200, after 12 ms.';

/** A live region, a store that can dispatch events, and a clock that the test moves. */
function listening(t) {
  mock.timers.enable({ apis: ['setTimeout'] });
  let now = 0;
  const clock = mock.method(performance, 'now', () => now);
  t.after(() => { clock.mock.restore(); mock.timers.reset(); });
  const said = [];
  const store = new EventTarget();
  announcer({ set textContent(words) { said.push(words); } }, store, null);
  const dispatch = (type, detail) => store.dispatchEvent(new CustomEvent(type, { detail }));
  return {
    said,
    take: (records, past = false) => dispatch('records', { records, past }),
    seek: () => dispatch('seek'),
    after(ms) { now += ms; mock.timers.tick(ms); },
  };
}

test('the first record is announced at once, in a sentence', (t) => {
  const reader = listening(t);
  reader.take([answer(1)]);
  reader.after(1);
  assert.deepEqual(reader.said, [ANSWERED]);
});

test('later records are announced together, five seconds later', (t) => {
  const reader = listening(t);
  reader.take([answer(1)]);
  reader.after(1);
  for (let n = 2; n <= 3; n += 1) {
    reader.after(2000);
    reader.take([answer(n)]);
  }
  reader.after(990);
  assert.equal(reader.said.length, 1);
  reader.after(20);
  assert.deepEqual(reader.said, [ANSWERED, `${ANSWERED} ${ANSWERED}`]);
});

test('many records are one sentence about all of them, and one about the last', (t) => {
  const reader = listening(t);
  reader.take(Array.from({ length: 40 }, (_, n) => [hop(n), answer(n, n < 3 ? { status: 'timeout', code: 504 } : {})]).flat());
  reader.after(1);
  assert.deepEqual(reader.said, [`40 messages in the last 5 seconds, 3 failed. ${ANSWERED}`]);
});

test('past records, and records that were skipped, are not announced', (t) => {
  const reader = listening(t);
  reader.take([answer(1)], true);
  reader.after(6000);
  assert.deepEqual(reader.said, []);
  reader.take([answer(2)]);
  reader.seek();
  reader.after(6000);
  assert.equal(reader.said.join(''), '');
});

test('effects and notes are not announced', (t) => {
  const reader = listening(t);
  reader.take([{ kind: 'effect', name: 'EmailSent' }, { kind: 'note', name: 'LinesRan' }]);
  reader.after(6000);
  assert.deepEqual(reader.said, []);
});
