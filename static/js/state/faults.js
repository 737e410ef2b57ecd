// The faults that are on: switched on and off and hit in the records, described in full by the server.
// Pure: each function returns a new map, or the same one where nothing changes.

/**
 * @typedef {import('./types.js').Rec} Rec
 * @typedef {import('./types.js').Fault} Fault
 * @typedef {Map<string, Fault>} Faults  by id
 */

// A fault marks the request and the response of a call; only the first is counted as the hit.
// The customer's own request has no mark yet, so there the response counts.
const HIT_KINDS = new Set(['request', 'publish', 'enqueue', 'deliver', 'redeliver', 'response']);

/** After a record that switches a fault on or off. A second fault of a kind at a place replaces the first. @param {Faults} faults @param {Rec} record @returns {Faults} */
export function switchFault(faults, { fault, target = '', data }) {
  if (!fault || Boolean(data?.on) === faults.has(fault.id)) return faults;
  const after = new Map(faults);
  if (!data?.on) after.delete(fault.id);
  else {
    const scope = data.scope === 'class' ? 'class' : 'playground';
    for (const other of faults.values()) if (other.kind === fault.kind && other.target === target && other.scope === scope) after.delete(other.id);
    after.set(fault.id, { ...fault, target, says: data.says ?? '', scope, limit: data.limit ?? 0, hits: 0, recorded: 0, is_spent: false });
  }
  return after;
}

/** After a record that a fault has marked. @param {Faults} faults @param {Rec} record @returns {Faults} */
export function countHit(faults, { kind, target, fault }) {
  const known = faults.get(fault?.id ?? '');
  if (!known || !HIT_KINDS.has(kind) || (kind === 'response' && target !== 'customer')) return faults;
  const recorded = known.recorded + 1;
  return new Map(faults).set(known.id, withHits(known, known.hits, recorded));
}

/**
 * As the server lists them. Its count and ours are both too low for a moment at times, never too high:
 * the higher one is shown.
 * @param {Faults} faults @param {import('./types.js').ServerFault[]} listed @returns {Faults}
 */
export function withServerFaults(faults, listed) {
  return new Map(listed.map((fault) => [fault.id, withHits(fault, fault.hits, faults.get(fault.id)?.recorded ?? 0)]));
}

/** @param {Omit<Fault, 'recorded'>} fault @param {number} counted @param {number} recorded @returns {Fault} */
function withHits(fault, counted, recorded) {
  const hits = Math.max(counted, recorded);
  return { ...fault, hits, recorded, is_spent: fault.is_spent || (fault.limit > 0 && hits >= fault.limit) };
}

/** Those that still have something to hit. @param {Faults} faults */
export const activeFaults = (faults) => [...faults.values()].filter((fault) => !fault.is_spent);

/** The one of this kind at this place. @param {Iterable<Fault>} faults @param {string} [kind] @param {string} [target] */
export const faultAt = (faults, kind, target) => [...faults].find((fault) => fault.kind === kind && fault.target === target);
