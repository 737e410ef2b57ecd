// Importing a module does nothing: a page's script exports start(), and only js/start.js calls it.

import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { after, test } from 'node:test';

const root = new URL('../../static/js/', import.meta.url);
const files = globSync('**/*.js', { cwd: root });
const LOADER = 'start.js';
const CLASSIC = 'theme.js'; // no module: it runs before the first paint
const modules = files.filter((file) => ![LOADER, CLASSIC].includes(file));

// There is no DOM here, so a module that touches the page throws; these exist in Node, too.
const kept = {};
for (const name of ['fetch', 'setTimeout', 'setInterval', 'WebSocket']) {
  kept[name] = globalThis[name];
  globalThis[name] = () => { throw new Error(`${name} is used on import`); };
}
after(() => Object.assign(globalThis, kept));

for (const file of modules) {
  test(`importing ${file} does nothing`, async () => { await import(new URL(file, root)); });
}

const HELPERS = ['./dom.js', './live/api.js']; // the loader uses these, and starts nothing in them

test('every script that the loader starts exports start()', async () => {
  const loader = readFileSync(new URL(LOADER, root), 'utf8');
  const scripts = [...loader.matchAll(/(?:import\(|from )'(\.\/[^']+)'/g)].map(([, path]) => path).filter((path) => !HELPERS.includes(path));
  assert.ok(scripts.length >= 5);
  for (const path of scripts) assert.equal(typeof (await import(new URL(path, root))).start, 'function', path);
});
