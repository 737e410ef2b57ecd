import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

let [now, asked] = [0, []];
globalThis.document = { hidden: false };
globalThis.requestAnimationFrame = (call) => asked.push(call);
globalThis.performance = { now: () => now };
globalThis.setTimeout = (call, wait) => { now += wait; call(); }; // as if so long had passed
const { eachFrame, paced } = await import('../../static/js/frames.js');

function frame() {
  now += 16;
  for (const call of asked.splice(0)) call(now);
}

beforeEach(() => {
  while (asked.length) frame();
  document.hidden = false;
});

const view = (drawn, name, takes_ms = 0) => paced(200, () => { drawn.push(name); now += takes_ms; });

test('a view asked for many times is drawn once, at the next frame', () => {
  const drawn = [];
  const ask = view(drawn, 'log');

  for (let i = 0; i < 5; i += 1) ask();
  assert.deepEqual(drawn, []);
  frame();
  frame();

  assert.deepEqual(drawn, ['log']);
});

test('a view that was asked for while it waits for its turn loses nothing: the last state is drawn', () => {
  const drawn = [];
  let state = 1;
  const ask = paced(200, () => drawn.push(state));

  ask();
  frame();
  state = 2;
  ask();
  state = 3;
  ask();
  frame();

  assert.deepEqual(drawn, [1, 3]);
});

test('a heavy view leaves those behind it to the next frame, and none is left out', () => {
  const drawn = [];
  const [log, tags, caption] = [view(drawn, 'log', 9), view(drawn, 'tags'), view(drawn, 'caption')];

  for (const ask of [log, tags, caption]) ask();
  frame();
  assert.deepEqual(drawn, ['log']);
  frame();

  assert.deepEqual(drawn, ['log', 'tags', 'caption']);
});

test('a full frame puts the views off, but never twice in a row', () => {
  const drawn = [];
  let frames = 3;
  eachFrame(() => { now += 9; frames -= 1; return frames > 0; });
  view(drawn, 'log')();

  frame();
  assert.deepEqual(drawn, []);
  frame();

  assert.deepEqual(drawn, ['log']);
});

test('a page that is hidden has no frames: its views are drawn at once', () => {
  const drawn = [];
  document.hidden = true;

  view(drawn, 'log')();

  assert.deepEqual(drawn, ['log']);
});
