// Is any message or call still on its way?

/**
 * Pure.
 * @param {{queues?: Object<string, import('../state/types.js').Depth>}|null} stats  the newest
 * @param {{calls: Map<string, unknown>, work: Map<string, {acked?: boolean}>}} state
 */
export function isSettled(stats, state) {
  if (!stats || state.calls.size) return false;
  if ([...state.work.values()].some(({ acked }) => acked)) return false; // acknowledged early: in no queue, and not done
  return Object.values(stats.queues ?? {}).every(({ ready, unacked, delayed }) => ready + unacked + delayed === 0);
}

/** Resolves when two stats in a row, both after now, show nothing on its way; or after `most_s`. @param {import('../state/store.js').Store} store @param {number} most_s @returns {Promise<boolean>} settled? */
export function settled(store, most_s) {
  return new Promise((resolve) => {
    let found = 0;
    const since = performance.now();
    const look = () => {
      found = isSettled(store.newest.stats, store.newest) ? found + 1 : 0;
      if (found >= 2) end(true);
      else if (performance.now() - since > most_s * 1000) end(false);
    };
    const end = (/** @type {boolean} */ isDone) => { store.removeEventListener('stats', look); clearTimeout(timer); resolve(isDone); };
    const timer = setTimeout(() => end(false), most_s * 1000 + 200);
    store.addEventListener('stats', look);
  });
}
