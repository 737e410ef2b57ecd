import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arranged, moved } from '../../static/js/state/spacetime/lanes.js';
import { spacetime } from '../../static/js/state/spacetime.js';
import { recorded } from './recorded.js';

const LATER_S = 30;
const drawn = (name) => {
  const records = recorded(name);
  return { records, ...spacetime(records, records.at(-1).at + LATER_S) };
};
const kinds = (bars, lane) => bars.filter((bar) => bar.lane === lane).map((bar) => bar.kind);
const near = (a, b) => Math.abs(a - b) < 0.001;

test('an order has a lane for each service that took part, and a queue is above its consumer', () => {
  const { records, lanes } = drawn('order');
  const services = new Set(records.flatMap((r) => [r.source, r.target]).filter((name) => name && name !== 'broker'));
  const ids = lanes.map((lane) => lane.id);
  for (const name of services) assert.ok(ids.includes(name), name);
  assert.ok(ids.includes('broker'));
  assert.equal(ids.indexOf('restaurant') - ids.indexOf('queue restaurant'), 1);
});

test('a finished order is open nowhere, and its customer has one answer', () => {
  const { isOpen, answers, to, records } = drawn('order');
  assert.equal(isOpen, false);
  assert.equal(answers.length, 1);
  assert.ok(answers[0].isGood);
  assert.equal(to, Math.max(...records.map((r) => r.at)));
});

test('a caller waits exactly as long as its callee takes', () => {
  const { bars } = drawn('order');
  const waits = bars.filter((bar) => bar.kind === 'wait' && bar.lane === 'gateway');
  assert.equal(waits.length, 3); // menu, payments, orders
  for (const wait of waits) {
    const work = bars.find((bar) => bar.kind === 'work' && bar.span === wait.record.message);
    assert.ok(near(work.from, wait.from));
    assert.equal(work.to, wait.to);
    assert.equal(wait.row, bars.find((bar) => bar.kind === 'work' && bar.lane === 'gateway').row);
  }
});

test('waiting in a queue and work are two bars, one after the other', () => {
  const { bars } = drawn('order');
  const [queued] = bars.filter((bar) => bar.lane === 'queue dispatch');
  const [work] = bars.filter((bar) => bar.lane === 'dispatch');
  assert.deepEqual([queued.kind, work.kind], ['queue', 'work']);
  assert.ok(near(queued.to, work.from));
});

test('every arrow goes forward in time, from cause to effect', () => {
  for (const name of ['order', 'retried', 'killed', 'lost', 'replayed']) {
    for (const { points } of drawn(name).arrows) {
      points.slice(1).forEach((point, i) => assert.ok(point.at >= points[i].at, `${name} ${point.record.id}`));
    }
  }
});

test('retries are a chain with a back-off before each', () => {
  const { records, chains, bars } = drawn('retried');
  const taken = records.filter((r) => r.kind === 'deliver' && r.target === 'restaurant');
  assert.equal(chains.length, 1);
  assert.deepEqual(chains[0].attempts.map((r) => r.id), taken.map((r) => r.id));
  const retries = records.filter((r) => r.kind === 'retry');
  const backoffs = bars.filter((bar) => bar.kind === 'backoff');
  assert.equal(backoffs.length, retries.length);
  backoffs.forEach((bar, i) => assert.ok(near(bar.to - bar.from, retries[i].data.delay_s)));
  assert.deepEqual(bars.filter((bar) => bar.lane === 'restaurant').map((bar) => bar.look), ['failed', 'failed', 'retry']);
});

test('after a kill the broker waits for the dead worker, then delivers the message to another', () => {
  const { bars, marks, chains, isOpen } = drawn('killed');
  assert.ok(marks.some((mark) => mark.kind === 'killed' && mark.lane === 'restaurant'));
  assert.ok(!marks.some((mark) => mark.kind === 'lost'));
  const held = bars.find((bar) => bar.kind === 'held');
  assert.equal(held.lane, 'queue restaurant');
  assert.ok(held.to - held.from > 1);
  assert.equal(held.end.kind, 'redeliver');
  assert.equal(chains[0].attempts.length, 2);
  assert.equal(isOpen, false);
});

test('a message acknowledged before the work is lost with its worker', () => {
  const { marks, bars, isOpen } = drawn('lost');
  assert.ok(marks.some((mark) => mark.kind === 'lost'));
  assert.deepEqual(kinds(bars, 'queue restaurant'), ['queue']);
  assert.equal(isOpen, false);
});

test('a dead letter is a mark; replayed, it waits and is taken anew', () => {
  const { marks, bars } = drawn('replayed');
  assert.deepEqual(marks.filter((mark) => mark.kind === 'dead' || mark.kind === 'replayed').map((mark) => mark.kind), ['dead', 'replayed']);
  assert.deepEqual(kinds(bars, 'queue restaurant'), ['queue', 'queue']);
  assert.equal(bars.filter((bar) => bar.lane === 'restaurant').at(-1).look, 'ok');
});

test('open bars grow with the clock', () => {
  const records = recorded('order');
  const half = records.slice(0, records.findIndex((r) => r.kind === 'response'));
  const now = half.at(-1).at + 2;
  const { bars, isOpen, to } = spacetime(half, now);
  assert.ok(isOpen);
  assert.equal(to, now);
  assert.ok(bars.filter((bar) => bar.isOpen).every((bar) => bar.to === now));
});

test('a call that never ended is not drawn for ever', () => {
  const records = recorded('order').slice(0, 3);
  const { bars, isOpen } = spacetime(records, records[0].at + 3600);
  assert.equal(isOpen, false);
  assert.ok(bars.some((bar) => bar.isBroken));
});

test('two that work at once are in two rows', () => {
  const records = recorded('order');
  const shifted = records.map((r) => ({ ...r, id: `9${r.id}`, at: r.at + 0.01, span: r.span && `x${r.span}`, parent: r.parent && `x${r.parent}`, message: r.message && `x${r.message}` }));
  const { lanes } = spacetime([...records, ...shifted], records.at(-1).at + LATER_S);
  assert.equal(lanes.find((lane) => lane.id === 'menu').rows, 2);
  assert.equal(lanes.find((lane) => lane.id === 'customer').rows, 2);
});

test('no records, no picture', () => assert.equal(spacetime([], 0), null));

test('lanes keep the chosen order, and a new one is put at its default place', () => {
  const lanes = ['a', 'b', 'c', 'd'].map((id) => ({ id }));
  const { all, shown } = arranged(lanes, { order: ['c', 'a', 'b'], hidden: ['b'] });
  assert.deepEqual(all.map((lane) => lane.id), ['c', 'd', 'a', 'b']);
  assert.deepEqual(shown.map((lane) => lane.id), ['c', 'd', 'a']);
  assert.deepEqual(moved(all, 'd', -5), ['d', 'c', 'a', 'b']);
});
