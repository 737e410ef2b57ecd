// Which arrow of the picture a record goes along, and how its dot looks.

/** @param {string} service */
export const nodeOf = (service) => service.replaceAll('-', '_');
export const queueOf = (service) => `q_${nodeOf(service)}`;

/**
 * The arrow of a record: its edge's id, and the nodes it leaves and reaches.
 * Null for a record that stays where it is.
 * @param {import('./records.js').Rec} r
 * @returns {{edge: string, from: string, to: string, backwards: boolean}|null}
 */
export function arrowOf(r) {
  switch (r.kind) {
    case 'request': return along(nodeOf(r.source), nodeOf(r.target));
    case 'response': return back(nodeOf(r.target), nodeOf(r.source));
    case 'publish': return along(nodeOf(r.source), 'broker');
    case 'enqueue': return along('broker', queueOf(r.target));
    case 'deliver':
    case 'redeliver': return along(queueOf(r.target), nodeOf(r.target));
    case 'retry': return back(queueOf(r.target), nodeOf(r.target));
    default: return null;
  }
}

const along = (from, to) => ({ edge: `${from}__${to}`, from, to, backwards: false });
const back = (from, to) => ({ edge: `${from}__${to}`, from: to, to: from, backwards: true });

const FAILED = new Set(['error', 'timeout', 'refused', 'rejected', 'lost']);

export const isFailed = (r) => FAILED.has(r.status);

/** ok | waiting | retry | failed | dead | lost | duplicate: told by shape, colour and word. */
export function lookOf(r) {
  if (r.status === 'lost') return 'lost';
  if (r.kind === 'dead_letter') return 'dead';
  if (isFailed(r)) return 'failed';
  if (r.status === 'duplicate') return 'duplicate';
  if (r.kind === 'retry' || r.kind === 'redeliver' || r.attempt > 1) return 'retry';
  if (r.fault) return r.fault.kind === 'duplicate' ? 'duplicate' : 'waiting';
  return 'ok';
}
