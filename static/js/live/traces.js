// Whole traces: from the page's own log, and older records from the server.

import { compareCursors } from '../state/cursor.js';
import { isOf, isWhole } from '../state/stories.js';
import { call } from './api.js';

/** @typedef {import('../state/types.js').Rec} Rec */

/** Events: `loaded` (the older records of a trace have arrived). */
export class Traces extends EventTarget {
  /** @type {Map<string, Rec[]>} */
  #older = new Map(); // by trace
  #store;

  /** @param {import('../state/store.js').Store} store */
  constructor(store) {
    super();
    this.#store = store;
  }

  /** The story's records up to the playhead. Those that the log lacks are requested once. @param {string} id */
  records(id) {
    const { log, cursor } = this.#store.state;
    const mine = log.filter((r) => isOf(id, r));
    if (id.startsWith('run ') || isWhole(mine)) return mine;
    if (!this.#older.has(id)) this.#load(id);
    const older = (this.#older.get(id) ?? []).filter((r) => compareCursors(r.id, cursor) <= 0 && (!mine.length || compareCursors(r.id, mine[0].id) < 0));
    return [...older, ...mine];
  }

  /** @param {string} trace */
  async #load(trace) {
    this.#older.set(trace, []);
    const { status, data } = await call('GET', `/api/playground/traces/${encodeURIComponent(trace)}/records`);
    if (status !== 200) return; // no longer in any log
    this.#older.set(trace, data.records);
    this.dispatchEvent(new CustomEvent('loaded', { detail: trace }));
  }
}
