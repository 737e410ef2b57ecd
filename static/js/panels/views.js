// The views beside the topology, each fetched when its tab is first chosen.

import { fetched } from '../fetched.js';
import { Choice } from '../state/choice.js';

/** @param {HTMLElement} stage @returns {{tell: (panel: HTMLElement, isSeen: boolean) => Promise<void>}} */
export function views(stage, store, { socket, does, flip, open, traces, look }) {
  const choice = new Choice();
  const made = {
    sequence: async (place) => (await import('./sequence.js')).sequence(place, store, { socket, choice }),
    time: async (place) => (await import('./time/time.js')).time(place, store, { choice, traces, open }),
    list: async (place) => (await import('./list.js')).list(place, store, { does, flip }),
    ledger: async (place) => (await import('./ledger.js')).ledger(place, store, { look }),
    metrics: async (place) => (await import('./metrics/metrics.js')).metrics(place, socket),
  };
  const all = Object.fromEntries(Object.entries(made).map(([name, make]) => [`view-${name}`, fetched(stage.querySelector(`#view-${name}`), make)]));
  const wanted = new Set();

  return {
    async tell(panel, isSeen) {
      if (isSeen) wanted.add(panel.id);
      if (wanted.has(panel.id)) (await all[panel.id]?.())?.seen(isSeen);
    },
  };
}
