import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitted, panned, ticks, zoomed } from '../../static/js/state/timewindow.js';

const all = { from: 100, to: 110 };

test('zooming keeps the moment under the pointer where it is', () => {
  const seen = zoomed(all, 2, 104, all);
  assert.deepEqual(seen, { from: 102, to: 107 });
});

test('the window stays within the story', () => {
  assert.deepEqual(zoomed(all, 0.1, 104, all), all);
  assert.deepEqual(panned({ from: 102, to: 107 }, 50, all), { from: 105, to: 110 });
  assert.deepEqual(panned({ from: 102, to: 107 }, -50, all), { from: 100, to: 105 });
});

test('the axis has even marks with true times since the beginning', () => {
  assert.deepEqual(ticks({ from: 100, to: 101 }, 100, 5).map((t) => t.words), ['0', '0.2 s', '0.4 s', '0.6 s', '0.8 s', '1 s']);
  assert.deepEqual(ticks({ from: 100.1, to: 100.12 }, 100, 4).map((t) => t.words), ['100 ms', '105 ms', '110 ms', '115 ms', '120 ms']);
});

test('while something is open the axis grows in steps', () => {
  const ends = [3.1, 3.5, 4.2].map((s) => fitted({ from: 0, to: s, isOpen: true }).to);
  assert.deepEqual(ends, [5, 5, 5]);
});
