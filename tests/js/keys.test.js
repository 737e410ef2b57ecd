// One press of a key is one act, however long it is held, and whatever is being typed with it.

import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { beforeEach, test } from 'node:test';

const root = new URL('../../static/js/', import.meta.url);
let page; let within;
globalThis.localStorage = { getItem: () => null };

beforeEach(() => {
  within = [];
  page = globalThis.document = Object.assign(new EventTarget(), { closest: (selector) => within.find((part) => selector.split(', ').includes(part)) ?? null });
});
const { keys, onKey, pressOnce } = await import('../../static/js/keys.js');

/** Returns whether the browser would still do what it does by itself. */
const press = (key, more = {}) => page.dispatchEvent(Object.assign(new Event('keydown', { cancelable: true }), {
  key, repeat: false, isComposing: false, keyCode: 0, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more,
}));

function counted(...names) {
  const acts = [];
  keys(Object.fromEntries(names.map((name) => [name, () => acts.push(name)])));
  return acts;
}

test('a key that is held down orders once', () => {
  const acts = counted('3');
  press('3');
  for (let n = 0; n < 20; n += 1) press('3', { repeat: true });
  assert.deepEqual(acts, ['3']);
});

test('a key that is held down goes on stepping through time', () => {
  const acts = counted(',');
  press(',');
  press(',', { repeat: true });
  assert.deepEqual(acts, [',', ',']);
});

test('a key that composes a character means nothing else', () => {
  const acts = counted('3', 'Enter');
  press('3', { isComposing: true });
  press('Enter', { keyCode: 229 }); // Safari, at the end of a composition
  assert.deepEqual(acts, []);
});

test('keys with Ctrl, Meta or Alt are the browser’s', () => {
  const acts = counted('3');
  for (const held of ['ctrlKey', 'metaKey', 'altKey']) press('3', { [held]: true });
  assert.deepEqual(acts, []);
});

test('while the user types, single keys are letters', () => {
  const acts = counted('3');
  within = ['input'];
  press('3');
  assert.deepEqual(acts, []);
});

test('a key with a name that every object has means nothing', () => {
  counted('3');
  assert.ok(press('constructor'));
});

test('a place hears its own keys under the same rules, and those with Alt if it asks for them', () => {
  const heard = [];
  onKey(page, ({ key }) => heard.push(key));
  onKey(page, ({ key }) => heard.push(`Alt ${key}`), { withAlt: true });
  press('Escape');
  press('Escape', { repeat: true });
  press('Escape', { isComposing: true });
  press('ArrowUp', { altKey: true });
  press('ArrowUp', { altKey: true, repeat: true });
  assert.deepEqual(heard, ['Escape', 'Alt ArrowUp', 'Alt ArrowUp']);
});

test('Enter that is held down on a button or in a form presses and sends once', () => {
  pressOnce();
  assert.ok(press('Enter'));
  assert.ok(!press('Enter', { repeat: true }));
  within = ['textarea'];
  assert.ok(press('Enter', { repeat: true }), 'lines in a text');
});

test('keys are heard in one place only', () => {
  const hearing = globSync('**/*.js', { cwd: root }).filter((file) => /addEventListener\('key|onkey(?:down|up|press)/.test(readFileSync(new URL(file, root), 'utf8')));
  assert.deepEqual(hearing, ['keys.js']);
});
