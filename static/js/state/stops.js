// The records at which a story is worth stopping. Pure.

import { isPoll } from './records.js';
import { isFailed } from './travel.js';

/** What kinds there are, the more important ones last: where marks are too many, the last wins. */
export const STOPS = {
  design: 'design changed', fault: 'fault on or off', answer: 'customer answered', retry: 'retry', failed: 'failure', kill: 'killed', dead: 'dead letter',
};

/** @param {import('./records.js').Rec} r @returns {keyof typeof STOPS | null} */
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

export const isStop = (r) => stopOf(r) !== null;
