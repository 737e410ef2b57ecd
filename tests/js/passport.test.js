import assert from 'node:assert/strict';
import { test } from 'node:test';
import { passport } from '../../static/js/state/passport.js';
import { recorded } from './recorded.js';

const kinds = (pass, service) => pass.stamps.filter((stamp) => !stamp.service || stamp.service === service).map((stamp) => stamp.record.kind);
const taken = (records, service) => records.find((r) => r.kind === 'deliver' && r.target === service);

test('a message that was delivered once has its stamps in order', () => {
  const records = recorded('order');
  const pass = passport(records, taken(records, 'restaurant'));
  assert.deepEqual(kinds(pass, 'restaurant'), ['publish', 'enqueue', 'deliver', 'process', 'effect', 'ack']);
  assert.ok(pass.stamps.every((stamp, i) => !i || stamp.gap_ms >= 0));
  assert.match(pass.stamps.find((s) => s.record === taken(records, 'restaurant')).words, /replica 1/);
  assert.equal(pass.event.type, 'delivery.order.placed.v1');
  assert.deepEqual(pass.subscribers.sort(), ['dispatch', 'notification', 'restaurant']);
});

test('its cause and its effects are the messages before and after it', () => {
  const records = recorded('order');
  const pass = passport(records, taken(records, 'restaurant'));
  assert.equal(pass.cause.name, 'StoreOrder');
  assert.deepEqual(pass.effects.map((one) => one.name).sort(), ['CourierAssigned', 'OrderAccepted', 'SendEmail']);
  const accepted = passport(records, records.find((r) => r.name === 'OrderAccepted'));
  assert.equal(accepted.cause.record.message, pass.message);
  const store = passport(records, pass.cause.record);
  assert.equal(store.cause.name, 'POST /api/orders');
  assert.equal(passport(records, store.cause.record).cause, null);
  assert.deepEqual(store.handlers, [{ service: 'orders', message: 'StoreOrder' }]);
});

test('the customer\'s request names the command that the gateway has handled', () => {
  const records = recorded('order');
  const [request] = records;
  assert.deepEqual(passport(records, request).handlers, [{ service: 'gateway', message: 'PlaceOrder' }]);
});

test('a retried message has a stamp for each failure, each retry and each attempt', () => {
  const records = recorded('retried');
  const stamps = kinds(passport(records, taken(records, 'restaurant')), 'restaurant');
  assert.deepEqual(stamps.filter((kind) => kind !== 'effect'), ['publish', 'enqueue', 'deliver', 'process', 'retry', 'deliver', 'process', 'retry', 'deliver', 'process', 'ack']);
});

test('a dead letter that was replayed has both lives in one passport', () => {
  const records = recorded('replayed');
  const stamps = kinds(passport(records, taken(records, 'restaurant')), 'restaurant');
  assert.deepEqual(stamps.filter((kind) => kind !== 'effect'), ['publish', 'enqueue', 'deliver', 'dead_letter', 'note', 'deliver', 'process', 'ack']);
});
