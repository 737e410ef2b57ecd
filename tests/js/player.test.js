import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { History, EVERY } from '../../static/js/state/history.js';
import { Player } from '../../static/js/state/player.js';
import { Store } from '../../static/js/state/store.js';
import { stopOf } from '../../static/js/state/stops.js';
import { empty, reduce, KEPT } from '../../static/js/state/records.js';

const stream = (name) => JSON.parse(readFileSync(new URL(`streams/${name}.json`, import.meta.url)));
const order = stream('order');
const kill = stream('kill_with_early_ack');

/** As many records as asked for: a recorded stream again and again, a second apart. */
function many(count, from = order) {
  return Array.from({ length: count }, (_, n) => {
    const round = Math.floor(n / from.length);
    return { ...from[n % from.length], id: `${n + 1}-0`, at: from[n % from.length].at + 10 * round };
  });
}

function events(store) {
  const heard = [];
  store.addEventListener('records', ({ detail }) => heard.push(['records', detail.records.length, detail.past]));
  store.addEventListener('seek', () => heard.push(['seek']));
  return heard;
}

test('the state at any position is what the reducer makes of the records before it', () => {
  const records = many(1200, kill);
  const history = new History();
  for (let i = 0; i < records.length; i += 37) history.append(records.slice(i, i + 37));
  for (const position of [0, 1, 249, 250, 251, 700, 1199, 1200]) {
    assert.deepEqual(history.stateAt(position), reduce(empty(), records.slice(0, position)), `at ${position}`);
  }
});

test('the history is bounded, and every position in it can still be reached', () => {
  const records = many(KEPT + 3 * EVERY);
  const history = new History();
  history.append(records);
  assert.ok(history.end - history.first >= KEPT && history.end - history.first < KEPT + 2 * EVERY);
  for (const position of [history.first, history.first + 1, history.end - 1, history.end]) {
    const expected = reduce(empty(), records.slice(0, position));
    const found = history.stateAt(position);
    assert.deepEqual(found.queues, expected.queues);
    assert.equal(found.cursor, expected.cursor);
    assert.equal(found.log.length + found.dropped, position);
  }
});

test('records are found by their cursor', () => {
  const history = new History();
  history.append(order);
  assert.equal(history.positionOf(order[6].id), 7);
  assert.equal(history.positionOf('1-1'), null);
});

test('older records come in front, each once, and positions stay what they were', () => {
  const records = many(600);
  const history = new History();
  history.append(records.slice(400));
  history.add({ type: 'stats', cursor: records.at(-1).id, breakers: {}, queues: { crm: { ready: 3, unacked: 0, delayed: 0, dead: 0 } } });
  assert.equal(history.prepend(records.slice(0, 450)), 400);
  assert.deepEqual([history.first, history.end], [-400, 200]);
  assert.equal(history.at(0).id, records[400].id);
  assert.equal(history.newest.queues.crm.ready, 3);
  assert.equal(history.prepend(records.slice(0, 450)), 0);
});

test('live, new records are shown; frozen, they are held and none is lost', () => {
  const player = new Player();
  assert.equal(player.take(order.slice(0, 10)).length, 10);
  player.freeze();
  assert.deepEqual(player.take(order.slice(10)), []);
  assert.equal(player.held, order.length - 10);
  assert.equal(player.state.cursor, order[9].id);
  assert.deepEqual(player.goLive(), order.slice(10));
  assert.equal(player.mode, 'live');
});

test('a step forward shows one record, a step back hides it again', () => {
  const player = new Player();
  player.take(order);
  player.seek(5);
  assert.deepEqual(player.stepForward(), [order[5]]);
  assert.equal(player.state.cursor, order[5].id);
  player.seek(player.playhead - 1);
  assert.deepEqual(player.state, reduce(empty(), order.slice(0, 5)));
  player.seek(-99);
  assert.equal(player.playhead, 0);
});

test('a replay shows each record once, in order, at the chosen speed, and ends live', () => {
  const took = (speed) => {
    const player = new Player();
    player.take(order);
    player.seek(0);
    player.speed = speed;
    player.replay();
    const shown = [];
    let elapsed = 0;
    while (player.mode === 'replay') {
      shown.push(...player.tick(10));
      elapsed += 10;
    }
    assert.deepEqual(shown, order);
    assert.equal(player.mode, 'live');
    return elapsed;
  };
  const [slow, fast] = [took(0.5), took(4)];
  assert.ok(Math.abs(slow / fast - 8) < 0.5, `${slow} ms against ${fast} ms`);
});

test('a replay shortens an hour without records', () => {
  const player = new Player();
  player.take([order[0], { ...order[1], at: order[0].at + 3600 }]);
  player.seek(1);
  player.replay();
  player.tick(1500);
  assert.equal(player.mode, 'live');
});

test('records that arrive during a replay are shown after the older ones', () => {
  const player = new Player();
  player.take(order.slice(0, 20));
  player.seek(0);
  player.replay();
  assert.deepEqual(player.take(order.slice(20)), []);
  let shown = [];
  while (player.mode === 'replay') shown = shown.concat(player.tick(50));
  assert.deepEqual(shown, order);
});

test('stops lead from one important record to the next', () => {
  const player = new Player();
  player.take(kill);
  player.seek(0);
  const passed = [];
  for (let at = player.stop(1); at !== null; at = player.stop(1)) {
    player.seek(at);
    passed.push(stopOf(player.history.at(at - 1)));
  }
  assert.deepEqual(passed.slice(0, 4), ['design', 'fault', 'answer', 'answer']);
  assert.equal(passed.filter((kind) => kind === 'kill').length, 1);
  assert.equal(passed.filter((kind) => kind === 'answer').length, 3);
  const back = player.stop(-1);
  assert.ok(back < player.playhead && stopOf(player.history.at(back - 1)));
});

test('a message whose worker was killed after an early ack is lost, and one hit of the fault', () => {
  const upTo = kill.findIndex((r) => r.name === 'Killed') + 1;
  const state = reduce(empty(), kill.slice(0, upTo));
  assert.deepEqual(state.lost, { restaurant: 1 });
  assert.deepEqual([...state.faults.values()].map((f) => [f.kind, f.target, f.hits]), [['kill', 'restaurant', 1]]);
});

test('a message is in work from its delivery until its handling has ended', () => {
  const begun = order.findIndex((r) => r.kind === 'deliver');
  const { target, message } = order[begun];
  const ended = order.findIndex((r) => r.kind === 'process' && r.target === target && r.message === message);
  const busy = (count) => [...reduce(empty(), order.slice(0, count)).work.values()].filter((r) => r.target === target).length;
  assert.deepEqual([busy(begun), busy(begun + 1), busy(ended), busy(ended + 1)], [0, 1, 1, 0]);
  assert.equal(reduce(empty(), order).work.size, 0);
});

test('views hear of new records live, of none while frozen, and of the held ones afterwards', () => {
  const store = new Store();
  const heard = events(store);
  store.frame({ type: 'welcome', cursor: order[4].id });
  store.take(order.slice(0, 8));
  assert.deepEqual(heard, [['records', 5, true], ['records', 3, false]]);
  store.freeze(true);
  store.take(order.slice(8));
  assert.equal(heard.length, 2);
  assert.equal(store.newest.log.length, order.length);
  assert.equal(store.state.log.length, 8);
  store.freeze(false);
  assert.deepEqual(heard.at(-1), ['records', order.length - 8, false]);
  assert.equal(store.state, store.newest);
});

test('a step forward shows records, a step back and a jump are a redraw', () => {
  const store = new Store();
  store.take(order);
  const heard = events(store);
  store.freeze(true);
  assert.deepEqual(heard, []);
  store.step(-1);
  store.seek(10);
  store.step(1);
  store.stop(1);
  assert.deepEqual(heard, [['seek'], ['seek'], ['records', 1, false], ['seek']]);
  assert.equal(store.frozen, true);
});

test('going live after many held records is one redraw, not a burst', () => {
  const store = new Store();
  store.freeze(true);
  store.take(many(1000));
  const heard = events(store);
  store.freeze(false);
  assert.deepEqual(heard, [['seek']]);
  assert.equal(store.state.log.length, 1000);
});

test('a replay from live is the newest run once more', () => {
  const store = new Store();
  store.take(order);
  store.replay();
  assert.equal(store.mode, 'replay');
  assert.equal(store.frozen, false);
  const heard = events(store);
  while (store.mode === 'replay') store.tick(100);
  const shown = heard.reduce((sum, [, count]) => sum + count, 0);
  assert.equal(shown, order.length - order.findIndex((r) => r.run === store.state.run.id));
});

const topology = (source) => ({ type: 'diagram', diagram: 'topology', source, source_tb: source, nodes: [], edges: [] });
const design = (name) => ({ type: 'design', design: { name }, connections: [{ id: name, style: 'call' }] });
const changed = (after, n = 1) => ({ id: `${9_999_999_999_990 + n}-0`, at: after.at(-1).at + n, kind: 'note', name: 'DesignChanged', status: 'ok' });
const kinds = (state) => [...state.faults.values()].map((fault) => fault.kind);

test('faults are those that were on at the moment shown', () => {
  const store = new Store();
  store.take(kill);
  store.frame({ type: 'faults', faults: [] });
  assert.deepEqual(kinds(store.state), []);
  store.seek(2);
  assert.deepEqual(kinds(store.state), ['kill']);
  assert.deepEqual(kinds(store.newest), []);
});

test('a list of faults that comes before the records that lead up to it is about their end', () => {
  const listed = { id: 'f', kind: 'latency', target: 'menu', says: '', scope: 'class', limit: 0, hits: 3, is_spent: false };
  const store = new Store();
  store.frame({ type: 'welcome', cursor: order.at(-1).id });
  store.frame({ type: 'faults', faults: [listed] });
  store.take(order);
  assert.deepEqual(kinds(store.state), ['latency']);
  store.seek(5);
  assert.deepEqual(kinds(store.state), []);
});

test('design, connections and topology are those of the moment shown', () => {
  const store = new Store();
  const drawn = [];
  store.addEventListener('topology', ({ detail }) => drawn.push(detail.source));
  for (const frame of [topology('one'), design('one')]) store.frame(frame);
  store.take(order);
  store.take([changed(order)]);
  for (const frame of [topology('two'), design('two')]) store.frame(frame);
  store.seek(5);
  assert.deepEqual([store.state.design.name, store.state.connections[0].id], ['one', 'one']);
  assert.equal(store.newest.design.name, 'two');
  store.freeze(false);
  assert.equal(store.state.design.name, 'two');
  assert.deepEqual(drawn, ['one', 'two', 'one', 'two']);
});

test('a new design holds from the record of its change on, also if its frame comes later', () => {
  const store = new Store();
  store.frame(design('one'));
  const records = [...order.slice(0, 10), { ...changed(order), id: `${order[9].id.split('-')[0]}-99` }, ...order.slice(10)];
  store.take(records);
  store.frame(design('two'));
  const at = (position) => { store.seek(position); return store.state.design.name; };
  assert.deepEqual([at(10), at(11), at(12), at(records.length)], ['one', 'two', 'two', 'two']);
});

test('before the first design that we know of, the first one is shown', () => {
  const records = many(300);
  const history = new History();
  history.append(records.slice(200));
  history.add(design('one'));
  history.append([changed(records)]);
  history.add(design('two'));
  assert.equal(history.prepend(records.slice(0, 200)), 200);
  assert.deepEqual([-200, 0, 100, 101].map((position) => history.stateAt(position).design.name), ['one', 'one', 'one', 'two']);
});

test('the design survives when its stretch of the history is dropped', () => {
  const history = new History();
  history.add(design('one'));
  history.append([changed(order, -5)]);
  history.add(design('two'));
  history.append(many(KEPT + 3 * EVERY));
  assert.ok(history.first > 1);
  for (const position of [history.first, history.first + 1, history.end]) assert.equal(history.stateAt(position).design.name, 'two');
});

test('a replay shows each design in turn', () => {
  const store = new Store();
  store.frame(design('one'));
  store.take([...order.slice(0, 20)]);
  store.take([{ ...changed(order), id: '9999999999999-0', at: order[19].at }]);
  store.frame(design('two'));
  store.seek(0);
  store.replay();
  const seen = new Set();
  while (store.mode === 'replay') { store.tick(50); seen.add(store.state.design.name); }
  assert.deepEqual([...seen], ['one', 'two']);
});

test('breakers and depths at a moment are those of the stats that came then', () => {
  const store = new Store();
  const stats = (phase) => ({ type: 'stats', cursor: store.newest.cursor, breakers: { users: phase }, queues: {} });
  store.take(order.slice(0, 10));
  store.frame(stats('open'));
  store.take(order.slice(10));
  store.frame(stats('closed'));
  assert.equal(store.state.breakers.users, 'closed');
  store.seek(12);
  assert.equal(store.state.breakers.users, 'open');
});
