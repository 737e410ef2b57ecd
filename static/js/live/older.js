// What happened before this page was watching, asked for once, when somebody looks for it.

import { compareCursors } from '../state/records.js';
import { call } from './api.js';

const asked = new WeakSet(); // stores

/** Put everything the server has kept before our first record into the store. */
export async function older(store) {
  if (asked.has(store)) return;
  asked.add(store);
  const first = store.state.log[0]?.id;
  let cursor = '0-0';
  let found = [];
  while (!first || compareCursors(cursor, first) < 0) {
    const { status, data } = await call('GET', `/api/playground/records?after=${cursor}&limit=1000`);
    if (status !== 200) return asked.delete(store);
    found = found.concat(data.records);
    if (data.records.length < 1000) break;
    cursor = data.cursor;
  }
  store.takeOlder(found.filter((r) => first && compareCursors(r.id, first) < 0));
}
