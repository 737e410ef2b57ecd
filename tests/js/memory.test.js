// A browser that keeps nothing, or too little, stops no script.

import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { afterEach, test } from 'node:test';
import { browserMemory, tabMemory } from '../../static/js/memory.js';
import { keys } from '../../static/js/keys.js';

const root = new URL('../../static/js/', import.meta.url);
const blocked = () => { throw new DOMException('The operation is insecure.', 'SecurityError'); };

/** @param {() => unknown} get */
function storage(get) {
  for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(globalThis, name, { configurable: true, get });
}
afterEach(() => { for (const key of ['pin', 'place']) { browserMemory.forget(key); tabMemory.forget(key); } });

function full() {
  const kept = new Map([['pin', 'line']]);
  return { getItem: (key) => kept.get(key) ?? null, setItem: () => { throw new DOMException('full', 'QuotaExceededError'); }, removeItem: (key) => kept.delete(key) };
}

test('where the browser forbids storage, the page remembers for itself', () => {
  storage(blocked);
  for (const memory of [browserMemory, tabMemory]) {
    assert.equal(memory.get('pin'), null);
    memory.set('pin', 'all');
    assert.equal(memory.get('pin'), 'all');
    memory.forget('pin');
    assert.equal(memory.get('pin'), null);
  }
});

test('where the storage is full, the newest value counts', () => {
  const disk = full();
  storage(() => disk);
  browserMemory.set('pin', 'all');
  assert.equal(browserMemory.get('pin'), 'all');
  browserMemory.forget('pin');
  assert.equal(browserMemory.get('pin'), null);
});

test('a value that cannot be read counts as none', () => {
  storage(() => ({ getItem: () => '{"at":', setItem() {}, removeItem() {} }));
  assert.equal(browserMemory.json('place'), null);
});

test('keys work in a browser that forbids storage', () => {
  storage(blocked);
  globalThis.document = Object.assign(new EventTarget(), { closest: () => null });
  let orders = 0;
  keys({ 3: () => { orders += 1; } });
  document.dispatchEvent(Object.assign(new Event('keydown', { cancelable: true }), { key: '3', altKey: false }));
  assert.equal(orders, 1);
});

test('each feature that a browser may refuse is used in the one module that is ready for it', () => {
  const guarded = { 'localStorage|sessionStorage': ['memory.js', 'theme.js'], 'navigator.clipboard': ['copy.js'], 'indexedDB|wakeLock|Notification|vibrate|serviceWorker|requestFullscreen|navigator.share': [] };
  for (const [feature, modules] of Object.entries(guarded)) {
    const using = globSync('**/*.js', { cwd: root }).filter((file) => new RegExp(`\\b(?:${feature})\\b`).test(readFileSync(new URL(file, root), 'utf8')));
    assert.deepEqual(using.sort(), modules, feature);
  }
});
