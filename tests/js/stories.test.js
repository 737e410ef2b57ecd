import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Choice } from '../../static/js/state/choice.js';
import { isWhole, storiesOf } from '../../static/js/state/stories.js';
import { recorded } from './recorded.js';

const order = recorded('order');
const killed = recorded('killed');

test('each request of a customer is a story with its answer', () => {
  const [newest, older] = storiesOf([...order, ...killed]);
  assert.equal(newest.id, killed[0].trace);
  assert.deepEqual([older.name, older.code, older.status], ['POST /api/orders', 202, 'ok']);
  assert.equal(older.last, Math.max(...order.map((r) => r.at)));
});

test('requests of one run can be seen together', () => {
  const both = [...order, ...killed].map((r) => ({ ...r, run: 'rush' }));
  const whole = storiesOf(both).find((story) => story.requests === 2);
  assert.equal(whole.id, 'run rush');
  assert.equal(new Choice().records(whole.id, both).length, both.length);
});

test('if none is chosen, the newest story is followed', () => {
  const choice = new Choice();
  assert.equal(choice.story(order).id, order[0].trace);
  assert.equal(choice.story([...order, ...killed]).id, killed[0].trace);
  choice.choose(order[0].trace);
  assert.equal(choice.story([...order, ...killed]).id, order[0].trace);
});

test('a story whose beginning is gone is not whole', () => {
  assert.ok(isWhole(order));
  assert.ok(!isWhole(order.slice(1)));
});
