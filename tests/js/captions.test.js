// Captions appear when the picture has reached their record, and none is skipped.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';

const appended = [];
const place = () => ({ focus() {}, append(...parts) { appended.push(...parts); }, remove() {}, setAttribute() {}, addEventListener() {}, querySelector: () => null });
const shown = [];
globalThis.document = { createElement: place, body: {}, activeElement: null };
const { Captions } = await import('../../static/js/lesson/captions.js');

const stage = { querySelector: () => ({ before() {} }) };
const words = (text) => ({ textContent: text, cloneNode: () => ({ get childNodes() { shown.push(text); return []; } }) });
const at = 2_000_000_000; // the server's clock; that of this device is years behind
const DELIVER = { id: '1-0', kind: 'deliver', name: 'OrderPlaced', target: 'restaurant', at };
const KILLED = { id: '2-0', kind: 'note', name: 'Killed', target: 'restaurant', at };

function page() {
  const store = Object.assign(new EventTarget(), { clock: { now: () => at - 1 }, frozen: false, freeze(on) { this.frozen = on; } });
  const picture = Object.assign(new EventTarget(), { isThere: true, hasReached() { return this.isThere; } });
  const actions = new EventTarget();
  const clock = { ms: 0 };
  const captions = new Captions(store, picture, stage, actions, () => clock.ms);
  return {
    store, picture, captions, actions,
    pass(ms) { clock.ms += ms; mock.timers.tick(ms); },
    records: (...records) => store.dispatchEvent(Object.assign(new Event('records'), { detail: { records, past: false } })),
    departs: (...records) => picture.dispatchEvent(Object.assign(new Event('depart'), { detail: records })),
  };
}

beforeEach(() => { shown.length = appended.length = 0; mock.timers.enable({ apis: ['setTimeout'] }); });
afterEach(() => mock.timers.reset());

test('a record at a service is captioned when the dots have reached the service', () => {
  const { picture, captions, records } = page();
  captions.begin([{ when: { kind: 'note', name: 'Killed' }, say: words('killed'), stop: false }]);
  picture.isThere = false;
  records(KILLED);
  mock.timers.tick(500);
  assert.deepEqual(shown, []);
  picture.isThere = true;
  mock.timers.tick(200);
  assert.deepEqual(shown, ['killed']);
});

test('of several dots that depart at once none is skipped', () => {
  const { captions, departs } = page();
  captions.begin([{ when: { kind: 'deliver', target: 'restaurant' }, say: words('taken'), stop: false }]);
  departs(DELIVER, { ...DELIVER, target: 'dispatch' });
  mock.timers.tick(1);
  assert.deepEqual(shown, ['taken']);
});

test('while one caption freezes the picture, the next one waits', () => {
  const { store, captions, departs } = page();
  captions.begin([
    { when: { kind: 'deliver', target: 'restaurant' }, say: words('first'), stop: true },
    { when: { kind: 'deliver', target: 'dispatch' }, say: words('second'), stop: false },
  ]);
  departs(DELIVER, { ...DELIVER, target: 'dispatch' });
  mock.timers.tick(1000);
  assert.deepEqual(shown, ['first']);
  store.freeze(false);
  mock.timers.tick(200);
  assert.deepEqual(shown, ['first', 'second']);
});

test('a caption stays for two seconds, or longer if it is longer, and the next one waits', () => {
  const { captions, departs, pass } = page();
  captions.begin([
    { when: { kind: 'deliver', target: 'restaurant' }, say: words('first'), stop: false },
    { when: { kind: 'deliver', target: 'dispatch' }, say: words('a second one that has ten words in all, so'), stop: false },
    { when: { kind: 'deliver', target: 'crm' }, say: words('third'), stop: false },
  ]);
  departs({ ...DELIVER, id: '1-2', target: 'crm' }, DELIVER, { ...DELIVER, id: '1-1', target: 'dispatch' });
  pass(1);
  pass(1900);
  assert.deepEqual(shown, ['first']);
  pass(200);
  assert.equal(shown.length, 2);
  pass(2300);
  assert.equal(shown.length, 2);
  pass(300);
  assert.deepEqual(shown.at(-1), 'third', 'in the order of the records');
});

test('a stop that is due while a caption is being read holds the picture, and then is shown', () => {
  const { store, captions, departs, pass } = page();
  captions.begin([
    { when: { kind: 'deliver', target: 'restaurant' }, say: words('first'), stop: false },
    { when: { kind: 'deliver', target: 'dispatch' }, say: words('second'), stop: true },
  ]);
  departs(DELIVER, { ...DELIVER, id: '1-1', target: 'dispatch' });
  pass(100);
  assert.deepEqual([shown, store.frozen], [['first'], true]);
  pass(2000);
  assert.deepEqual([shown, store.frozen], [['first', 'second'], true]);
});

test('each caption is shown once, and those of the previous run are dropped', () => {
  const { captions, departs } = page();
  const one = { when: { kind: 'deliver' }, say: words('taken'), stop: false };
  captions.begin([one]);
  departs(DELIVER, DELIVER);
  mock.timers.tick(1);
  captions.begin([]);
  departs(DELIVER);
  mock.timers.tick(1000);
  assert.deepEqual(shown, ['taken']);
});

test('a field of the same answer is read out, whether it arrives before its dot or after it', () => {
  for (const isEarly of [true, false]) {
    appended.length = 0;
    const { captions, actions, departs } = page();
    const answer = (run, city) => actions.dispatchEvent(Object.assign(new Event('answered'), {
      detail: { headers: new Map([['x-inflight-run', run]]), data: { city } },
    }));
    captions.begin([{ when: { kind: 'response' }, say: words('read'), stop: false, read: 'city' }]);
    if (isEarly) answer('second', 'Leeds');
    departs({ id: '3-0', kind: 'response', at, run: 'second', target: 'customer' });
    mock.timers.tick(1);
    answer('third', 'Oslo');
    if (!isEarly) answer('second', 'Leeds');
    assert.deepEqual(appended.filter((part) => typeof part === 'string' && part.includes(':')), ['city: Leeds']);
  }
});

test('if the answer has no such field, nothing is read out', () => {
  const { captions, actions, departs } = page();
  captions.begin([{ when: { kind: 'response' }, say: words('refused'), stop: false, read: 'city' }]);
  actions.dispatchEvent(Object.assign(new Event('answered'), { detail: { headers: new Map([['x-inflight-run', 'first']]), data: { title: 'Conflict' } } }));
  departs({ id: '3-0', kind: 'response', at, run: 'first', target: 'customer' });
  mock.timers.tick(1);
  assert.deepEqual(shown, ['refused']);
  assert.ok(!appended.some((part) => typeof part === 'string' && part.includes('city')));
});

test('a reader’s device whose clock is ahead shows every caption, and none of a record from before the run', () => {
  mock.timers.reset();
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 3_000_000_000_000 });
  const { store, captions, departs } = page();
  captions.begin([{ when: { kind: 'deliver' }, say: words('taken'), stop: true }]);
  departs({ ...DELIVER, at: at - 60 });
  mock.timers.tick(1);
  assert.deepEqual(shown, []);
  departs({ ...DELIVER, at: at + 0.1 });
  mock.timers.tick(1);
  assert.deepEqual([shown, store.frozen], [['taken'], true]);
});
