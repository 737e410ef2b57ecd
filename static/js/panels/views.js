// The views beside the topology, each loaded when its tab is first chosen.

import { one } from '../dom.js';
import { fetched } from '../fetched.js';
import { Choice } from '../state/choice.js';

/**
 * @typedef {{seen: (isSeen: boolean) => unknown}} View
 * @typedef {import('../state/store.js').Store} Store
 *
 * @typedef {Object} Parts
 * @property {import('../live/socket.js').PlaygroundSocket} socket @property {Object<string, string>} does @property {import('./inspector.js').Flip} flip
 * @property {(what: import('./inspector.js').Opened) => unknown} open @property {import('../live/traces.js').Traces} traces
 * @property {(filters: import('../state/search.js').Filter[]) => unknown} look  show these records in the log
 */

/** @param {HTMLElement} stage @param {Store} store @param {Parts} parts @returns {{tell: (panel: HTMLElement, isSeen: boolean) => Promise<void>}} */
export function views(stage, store, { socket, does, flip, open, traces, look }) {
  const choice = new Choice();
  /** @type {Object<string, (place: HTMLElement) => Promise<View>>} */
  const made = {
    sequence: async (place) => (await import('./sequence.js')).sequence(place, store, { socket, choice }),
    time: async (place) => (await import('./time/time.js')).time(place, store, { choice, traces, open }),
    list: async (place) => (await import('./list.js')).list(place, store, { does, flip }),
    ledger: async (place) => (await import('./ledger.js')).ledger(place, store, { look }),
    metrics: async (place) => (await import('./metrics/metrics.js')).metrics(place, socket),
  };
  const all = Object.fromEntries(Object.entries(made).map(([name, make]) => [`view-${name}`, fetched(one(stage, `#view-${name}`), make)]));
  /** @type {Set<string>} */
  const wanted = new Set();

  return {
    async tell(panel, isSeen) {
      if (isSeen) wanted.add(panel.id);
      if (wanted.has(panel.id)) (await all[panel.id]?.())?.seen(isSeen);
    },
  };
}
