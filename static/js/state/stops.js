// The records at which it is worth stopping. Pure.

import { isFailed, isPoll } from './travel.js';

/** @typedef {import('./types.js').Rec} Rec */

/** The kinds of stops, the more important ones last: where marks coincide, the last one is shown. */
export const STOPS = {
  design: 'design changed', fault: 'fault on or off', answer: 'customer answered', retry: 'retry', failed: 'failure', kill: 'killed', dead: 'dead letter',
};

/** @param {Rec} r @returns {keyof typeof STOPS | null} */
export function stopOf(r) {
  switch (r.kind) {
    case 'response':
      if (isFailed(r)) return 'failed';
      return r.target === 'customer' && !isPoll(r) ? 'answer' : null;
    case 'retry': case 'redeliver': return 'retry';
    case 'dead_letter': return 'dead';
    case 'fault': return 'fault';
    case 'note':
      if (r.name === 'Killed' || r.name === 'Crashed') return 'kill';
      if (r.name === 'DesignChanged' || r.name === 'Reset') return 'design';
      return isFailed(r) || r.data?.breaker === 'open' ? 'failed' : null;
    default: return isFailed(r) ? 'failed' : null;
  }
}

/** @param {Rec} r */
export const isStop = (r) => stopOf(r) !== null;
