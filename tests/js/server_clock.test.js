// All time on the page is the server's: the clock of the reader's device is never asked.

import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ServerClock } from '../../static/js/state/server_clock.js';
import { Store } from '../../static/js/state/store.js';

const root = new URL('../../static/js/', import.meta.url);
const FORMATS = 'state/clock_time.js'; // turns a time of the server into words

test('no script asks the clock of the reader’s device', () => {
  const asking = globSync('**/*.js', { cwd: root }).filter((file) => file !== FORMATS && /\bDate\b/.test(readFileSync(new URL(file, root), 'utf8')));
  assert.deepEqual(asking, []);
  assert.doesNotMatch(readFileSync(new URL(FORMATS, root), 'utf8'), /Date\.now|new Date\(\)|Date\(\)/);
});

test('it tells the server’s time from the fastest message, and goes on by itself', () => {
  let page_ms = 1000;
  const clock = new ServerClock(() => page_ms);
  clock.hear(499.0); // came a second late
  page_ms = 2000;
  clock.hear(501.0);
  page_ms = 3000;
  clock.hear(500.2); // came late again
  assert.equal(clock.now(), 502);
  page_ms = 4500;
  assert.equal(clock.now(), 503.5);
});

test('before the server has told its time there is none', () => {
  assert.equal(new ServerClock(() => 1000).now(), null);
});

test('when the server’s own clock is set back, the page follows', () => {
  let page_ms = 0;
  const clock = new ServerClock(() => page_ms);
  for (let second = 0; second < 200; second += 1) {
    page_ms = second * 1000;
    clock.hear(second < 100 ? 10_000 + second : 5000 + second);
  }
  assert.equal(clock.now(), 5199);
});

test('a store hears the time from figures and records, also while the picture is frozen', () => {
  let page_ms = 1000;
  const store = new Store(() => page_ms);
  store.frame({ type: 'stats', at: 700, cursor: '0-0', queues: {}, breakers: {}, replicas: {} });
  assert.equal(store.clock.now(), 700);
  store.freeze(true);
  page_ms = 2000;
  store.take([{ id: '1-0', at: 702, kind: 'note', name: 'Killed', run: 'a', trace: 'a' }]);
  assert.equal(store.clock.now(), 702);
});
