// Which arrow of the picture a record moves along, and how its dot looks. The kinds of records
// that move, the statuses of a failure and what a poll is come from the server (rules.js).

import { FAILED, POLLS, TRAVELLING } from './rules.js';

/** @typedef {import('./types.js').Rec} Rec */

/** The picture's node of a service. @param {string} [service] */
export const nodeOf = (service = '') => service.replaceAll('-', '_');
/** @param {string} service */
export const queueOf = (service) => `q_${nodeOf(service)}`;

/** Does this record move along an arrow of the picture? @param {{kind?: string}} record */
export const travels = ({ kind = '' }) => TRAVELLING.includes(kind);

/** Asking again for an order's status is not a story of its own. @param {Rec} record */
export const isPoll = (record) => record.name.startsWith(POLLS);

/** @param {{status?: string}} record */
export const isFailed = ({ status = '' }) => FAILED.includes(status);

/** The response that the customer waits for. @param {Rec} r */
export const isCustomersAnswer = (r) => r.kind === 'response' && r.target === 'customer';

/**
 * @typedef {{edge: string, from: string, to: string, backwards: boolean}} Arrow  an edge's id, and the nodes it leaves and reaches
 */

/** Null for a record that stays where it is. @param {Rec} r @returns {Arrow|null} */
export function arrowOf(r) {
  const target = r.target ?? '';
  switch (r.kind) {
    case 'request': return along(nodeOf(r.source), nodeOf(target));
    case 'response': return back(nodeOf(target), nodeOf(r.source));
    case 'publish': return along(nodeOf(r.source), 'broker');
    case 'enqueue': return along('broker', queueOf(target));
    case 'deliver':
    case 'redeliver': return along(queueOf(target), nodeOf(target));
    case 'retry': return back(queueOf(target), nodeOf(target));
    default: return null;
  }
}

/** @param {string} from @param {string} to */
const along = (from, to) => ({ edge: `${from}__${to}`, from, to, backwards: false });
/** @param {string} from @param {string} to */
const back = (from, to) => ({ edge: `${from}__${to}`, from: to, to: from, backwards: true });

/** ok | waiting | retry | failed | dead | lost | duplicate: shown by shape, colour and word. @param {Rec} r */
export function lookOf(r) {
  if (r.status === 'lost') return 'lost';
  if (r.kind === 'dead_letter') return 'dead';
  if (isFailed(r)) return 'failed';
  if (r.status === 'duplicate') return 'duplicate';
  if (r.kind === 'retry' || r.kind === 'redeliver' || (r.attempt ?? 1) > 1) return 'retry';
  if (r.fault) return r.fault.kind === 'duplicate' ? 'duplicate' : 'waiting';
  return 'ok';
}
