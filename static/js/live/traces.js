// Whole traces: from the page's own log, and what is older than it from the server.

import { compareCursors } from '../state/records.js';
import { isOf, isWhole } from '../state/stories.js';
import { call } from './api.js';

/** Events: `loaded` (a trace has got its older records). */
export class Traces extends EventTarget {
  #older = new Map(); // trace -> records
  #store;

  constructor(store) {
    super();
    this.#store = store;
  }

  /** The story's records up to the playhead. What the log lacks is asked for, once. */
  records(id) {
    const { log, cursor } = this.#store.state;
    const mine = log.filter((r) => isOf(id, r));
    if (id.startsWith('run ') || isWhole(mine)) return mine;
    if (!this.#older.has(id)) this.#load(id);
    const older = this.#older.get(id).filter((r) => compareCursors(r.id, cursor) <= 0 && (!mine.length || compareCursors(r.id, mine[0].id) < 0));
    return [...older, ...mine];
  }

  async #load(trace) {
    this.#older.set(trace, []);
    const { status, data } = await call('GET', `/api/playground/traces/${encodeURIComponent(trace)}/records`);
    if (status !== 200) return; // it is in no log any more: what the page has is all there is
    this.#older.set(trace, data.records);
    this.dispatchEvent(new CustomEvent('loaded', { detail: trace }));
  }
}
