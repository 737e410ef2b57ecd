// What the picture shows was true at one moment of the records: the moment that it says it shows.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Departures } from '../../static/js/picture/departures.js';
import { RIDE_MS } from '../../static/js/picture/schedule.js';
import { History } from '../../static/js/state/history.js';
import { openCalls, waits, works } from '../../static/js/state/shown_state.js';
import { arrowOf } from '../../static/js/state/travel.js';

const FRAME_MS = 50;
const MOST_BEHIND_S = 8; // the most that the picture may be behind

const streams = ['streams', 'recorded'].flatMap((folder) => readdirSync(new URL(folder, import.meta.url))
  .map((file) => [file, JSON.parse(readFileSync(new URL(`${folder}/${file}`, import.meta.url)))]));

/** Many customers do the same, one every `every_s`; the records are in the order of their times. */
function rush(records, customers, every_s) {
  const copies = Array.from({ length: customers }, (_, n) => records.map((r) => ({
    ...r, at: r.at + n * every_s, run: `${r.run}${n}`, trace: `${r.trace}${n}`, message: r.message && `${r.message}${n}`,
  })));
  return copies.flat().sort((a, b) => a.at - b.at).map((r, n) => ({ ...r, id: `${Math.round(r.at * 1000)}-${n}` }));
}

/** What a reader can see of the company, counted from the records by other means than the picture's. */
function truth(records) {
  const of = { waiting: {}, slots: 0, ready: {}, busy: {} };
  const add = (counts, key, by) => { counts[key] = (counts[key] ?? 0) + by; };
  const open = new Set();
  const busy = new Set();
  const delayed = new Set();
  for (const r of records) {
    const work = `${r.target} ${r.message}`;
    if (r.kind === 'request') { open.add(r.message); add(of.waiting, r.source, 1); if (r.source === 'customer') of.slots += 1; }
    if (r.kind === 'response' && open.delete(r.message)) { add(of.waiting, r.target, -1); if (r.target === 'customer') of.slots -= 1; }
    if (r.kind === 'enqueue' && r.status !== 'lost') add(of.ready, r.target, 1);
    if (r.kind === 'retry') delayed.add(work);
    if (r.kind === 'deliver' && !delayed.delete(work)) add(of.ready, r.target, -1);
    if (r.kind === 'deliver' || r.kind === 'redeliver') busy.add(work);
    if (['process', 'retry', 'dead_letter'].includes(r.kind) || r.name === 'Killed') busy.delete(work);
  }
  for (const work of busy) add(of.busy, work.split(' ')[0], 1);
  return positive(of);
}

const without0 = (counts) => Object.fromEntries(Object.entries(counts).map(([key, n]) => [key.replaceAll('-', '_'), n]).filter(([, n]) => n > 0));
const positive = ({ waiting, slots, ready, busy }) => ({ waiting: without0(waiting), slots, ready: without0(ready), busy: without0(busy) });

/** The same, as the picture's labels have it. */
function labelled(state, at) {
  const numbers = (map) => Object.fromEntries([...map].map(([key, { n }]) => [key, n]));
  return positive({
    waiting: numbers(waits(state, at)), slots: openCalls(state, at).get('customer__gateway') ?? 0,
    ready: Object.fromEntries(Object.entries(state.queues).map(([service, { ready }]) => [service, ready])),
    busy: numbers(works(state, new Map(), 0)),
  });
}

/** Play the records as they came, frame by frame, until all have been shown. @returns the frames: what was shown, when, and of which moment */
function played(records, late_ms = 60) {
  const [departures, history] = [new Departures(), new History()];
  const began = records[0].at * 1000;
  const frames = [];
  const dots = [];
  const passed = new Map(); // when each record happened in the picture, in ms
  let sent = 0;
  for (let now = 0; sent < records.length || departures.moment.left; now += FRAME_MS) {
    const from = sent;
    while (sent < records.length && records[sent].at * 1000 - began + late_ms <= now) sent += 1;
    const fresh = records.slice(from, sent);
    history.append(fresh);
    for (const record of fresh) dots.push(departures.plan(record, arrowOf(record), now, RIDE_MS));
    for (const record of departures.moment.pass(now)) passed.set(record, now);
    const shown = history.end - departures.moment.left;
    const at = departures.moment.at(now);
    frames.push({ now, shown, at, present: (began + now) / 1000, state: history.stateAt(shown), first: history.first });
  }
  return { frames, passed, dots: dots.filter(Boolean) };
}

const scenes = [
  ...streams,
  ...['order.json', 'retried.json'].map((file) => [`a rush of ${file}`, rush(streams.find(([name]) => name === file)[1], 40, 0.2)]),
];

for (const [name, records] of scenes) {
  test(`${name}: who waits, who works and what queues hold is that of the moment that is shown`, () => {
    for (const { state, shown, at } of played(records).frames) {
      const before = records.slice(0, shown);
      const present = at ?? before.at(-1)?.at ?? 0;
      assert.deepEqual(labelled(state, present), truth(before));
      if (at === null || !shown) continue;
      const latest = Math.max(...before.map((r) => r.at));
      assert.ok(at <= Math.max(latest, records[shown].at) && at >= Math.min(latest, records[shown].at), `${at} is between two records`);
    }
  });

  test(`${name}: no two requests are on their way at once in the picture that were not in the records`, () => {
    const together = (pairs) => new Set(pairs.flatMap(({ open }) => open.flatMap((a) => open.filter((b) => a < b).map((b) => `${a} ${b}`))));
    const inRecords = together(records.map((_, n) => ({ open: openAt(records.slice(0, n + 1)) })));
    const { frames } = played(records);
    const inPicture = together(frames.map(({ state }) => ({ open: [...state.calls.keys()].filter((key) => state.calls.get(key).source === 'customer') })));
    assert.deepEqual([...inPicture].filter((pair) => !inRecords.has(pair)), []);
  });

  test(`${name}: a dot sets out, or arrives, when its record happens in the numbers`, () => {
    const { dots, passed } = played(records);
    for (const { record, departs, arrives } of dots) {
      const happens = ['response', 'enqueue', 'retry'].includes(record.kind) ? arrives : departs;
      const late = passed.get(record) - happens;
      assert.ok(late >= 0 && late <= FRAME_MS, `${record.kind} ${record.name}: ${late} ms`);
      assert.ok(arrives - departs >= RIDE_MS / 2 - 1, 'long enough to be seen');
    }
  });

  test(`${name}: the picture's moment never goes back while it is behind, and is never far behind`, () => {
    let before = 0;
    for (const { at, present } of played(records).frames) {
      if (at === null) continue;
      assert.ok(at >= before - 0.2 && present - at < MOST_BEHIND_S, `${present - at} s behind`);
      before = Math.max(before, at);
    }
  });
}

/** Customers' requests that are open after these records. */
function openAt(records) {
  const open = new Set();
  for (const r of records) {
    if (r.kind === 'request' && r.source === 'customer') open.add(r.message);
    if (r.kind === 'response') open.delete(r.message);
  }
  return [...open];
}

test('a dot sets out after the one that caused it has arrived, while the picture is not far behind', () => {
  for (const [, records] of streams.filter(([, { length }]) => length < 60)) {
    const arrived = new Map(); // by trace and node
    for (const { record: { trace, kind }, arrow, departs, arrives } of played(records).dots) {
      const before = arrived.get(`${trace} ${arrow.from}`) ?? 0;
      assert.ok(departs >= before - 1, kind);
      arrived.set(`${trace} ${arrow.to}`, Math.max(arrives, arrived.get(`${trace} ${arrow.to}`) ?? 0));
    }
  }
});

test('a quiet picture shows the present', () => {
  const { frames } = played(streams.find(([name]) => name === 'order.json')[1]);
  assert.equal(frames.at(-1).at, null);
});

test('a picture that was frozen goes on where it stood', () => {
  const [, records] = streams.find(([name]) => name === 'order.json');
  const departures = new Departures();
  for (const record of records) departures.plan(record, arrowOf(record), 0, RIDE_MS);
  departures.moment.pass(3000);
  const [left, at] = [departures.moment.left, departures.moment.at(3000)];
  departures.postpone(60_000);
  assert.deepEqual(departures.moment.pass(63_000), []);
  assert.deepEqual([departures.moment.left, departures.moment.at(63_000)], [left, at]);
});

test('at five hundred records a second for half a minute the state of the moment is still kept', () => {
  const order = streams.find(([name]) => name === 'order.json')[1];
  const many = rush(order, 370, 1 / 12.2);
  const { frames } = played(many);
  for (const { shown, first } of frames) assert.ok(shown >= first);
});
