import assert from 'node:assert/strict';
import { test } from 'node:test';

import { between, corners, EdgePath } from '../../static/js/picture/edge_path.js';

/** What an SVG path can be asked: here a polyline. */
function path(...points) {
  const parts = points.slice(1).map(([x, y], i) => Math.hypot(x - points[i][0], y - points[i][1]));
  const length = parts.reduce((a, b) => a + b, 0);
  return {
    getTotalLength: () => length,
    getPointAtLength(at) {
      let n = 0;
      while (n < parts.length - 1 && at > parts[n]) { at -= parts[n]; n += 1; }
      const [[ax, ay], [bx, by]] = [points[n], points[n + 1]];
      return { x: ax + (at / parts[n]) * (bx - ax), y: ay + (at / parts[n]) * (by - ay) };
    },
  };
}

const an_arrow = () => new EdgePath(path([0, 0], [40, 0], [40, 40], [120, 40]));

test('a straight line needs no more than its ends', () => {
  const points = [0, 1, 2, 3].map((n) => ({ x: n, y: n, at: n / 3 }));

  assert.deepEqual(corners(points), [points[0], points[3]]);
});

test('a dot passes each corner in proportion to the length', () => {
  const frames = an_arrow().keyframes(false, false);

  assert.deepEqual(frames.map(({ transform }) => transform),
    ['translate(0.0px,0.0px)', 'translate(40.0px,0.0px)', 'translate(40.0px,40.0px)', 'translate(120.0px,40.0px)']);
  assert.deepEqual(frames.map(({ offset }) => offset), [0, 0.25, 0.5, 1]);
});

test('a response moves along the same path from its end', () => {
  const [there, back] = [an_arrow().keyframes(false, false), an_arrow().keyframes(true, false)];

  assert.deepEqual(back.map(({ transform }) => transform), there.map(({ transform }) => transform).reverse());
  assert.deepEqual(back.map(({ offset }) => offset), [0, 0.5, 0.75, 1]);
});

test('a lost message stops on its way and fades', () => {
  const frames = an_arrow().keyframes(false, true);

  const [stops, ends] = frames.slice(-2);
  assert.equal(stops.transform, ends.transform);
  assert.deepEqual([stops.opacity, ends.opacity, ends.offset], [1, 0, 1]);
  assert.ok(frames.every(({ transform }) => transform !== 'translate(120.0px,40.0px)'));
});

test('a standing dot is in the middle of its arrow', () => {
  assert.equal(an_arrow().middle, 'translate(40.0px,40.0px)');
  assert.deepEqual(between([{ x: 0, y: 0, at: 0 }, { x: 10, y: 20, at: 1 }], 0.5), { x: 5, y: 10, at: 0.5 });
});
