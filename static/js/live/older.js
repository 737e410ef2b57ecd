// Records from before this page was open, requested once, when they are needed.

import { compareCursors } from '../state/cursor.js';
import { call } from './api.js';

/** @typedef {import('../state/store.js').Store} Store @typedef {import('../state/types.js').Rec} Rec */

/** @type {WeakSet<Store>} */
const asked = new WeakSet();

/** Put all older records that the server has kept into the store. @param {Store} store */
export async function older(store) {
  if (asked.has(store)) return;
  asked.add(store);
  const first = store.state.log[0]?.id;
  let cursor = '0-0';
  /** @type {Rec[]} */
  let found = [];
  while (!first || compareCursors(cursor, first) < 0) {
    const { status, data } = await call('GET', `/api/playground/records?after=${cursor}&limit=1000`);
    if (status !== 200) {
      asked.delete(store);
      return;
    }
    found = found.concat(data.records);
    if (data.records.length < 1000) break;
    cursor = data.cursor;
  }
  store.takeOlder(found.filter((r) => first && compareCursors(r.id, first) < 0));
}
