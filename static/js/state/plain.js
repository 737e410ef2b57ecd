// Records in plain sentences.

/** @typedef {import('./types.js').Rec} Rec */

/** @type {Object<string, string>} */
let titles = { broker: 'Broker' };

/** Give the services their names. @param {Object<string, string>} names */
export const nameServices = (names) => { titles = { ...titles, ...names }; };
/** @param {string} [service] */
export const title = (service = '') => titles[service] ?? service;

/** Milliseconds in words. @param {number} [value] */
export const ms = (value = 0) => (value >= 10000 ? `${(value / 1000).toFixed(1)} s` : `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`);

/** @type {Object<string, string>} */
const ENDINGS = {
  timeout: 'did not answer in time', refused: 'did not accept the call', rejected: 'rejected the request', error: 'failed',
};

/** One sentence about one record. @param {Rec} r */
export function sentence(r) {
  const [from, to] = [title(r.source), title(r.target)];
  switch (r.kind) {
    case 'request': return `${from} calls ${to}: ${r.name}.`;
    case 'response':
      if (r.target === 'customer') return `The customer has the answer: ${r.code}, after ${ms(r.duration_ms)}.`;
      return r.status === 'ok' ? `${from} answers ${to} after ${ms(r.duration_ms)}.` : `${from} ${ENDINGS[r.status] ?? r.status}; ${to} waited ${ms(r.duration_ms)}.`;
    case 'publish':
      if (r.status !== 'ok') return `The broker does not accept ${r.name}: ${r.data?.reason}.`;
      return `${from} publishes ${r.name} and goes on.`;
    case 'enqueue':
      if (r.status === 'lost') return `${r.name} is lost on its way to ${to}'s queue.`;
      return `${r.name} is put in ${to}'s queue${QUEUED[r.fault?.kind ?? ''] ?? ''}.`;
    case 'deliver': return `${to} takes ${r.name}${(r.attempt ?? 1) > 1 ? `, attempt ${r.attempt}` : ''}; it waited ${ms(r.wait_ms)}.`;
    case 'redeliver': return `${to} is given ${r.name} again, attempt ${r.attempt}: the worker that had it is gone.`;
    case 'process':
      if (r.status === 'duplicate') return `${to} has handled ${r.name} before and ignores it.`;
      return r.status === 'ok' ? `${to} has handled ${r.name} in ${ms(r.work_ms ?? 0)}.` : `${to} could not handle ${r.name}: ${r.data?.reason ?? r.status}`;
    case 'ack': return `${to} acknowledges ${r.name}; the broker forgets it.`;
    case 'retry': return `${r.name} will be delivered to ${to} again in ${r.data?.delay_s} s.`;
    case 'dead_letter': return `${r.name} is ${r.status === 'lost' ? 'discarded' : 'now a dead letter'}: ${r.data?.reason}`;
    case 'effect': return `${r.name}: ${r.data?.subject}${r.data?.detail ? `, ${r.data.detail}` : ''}.`;
    case 'state': return `Order ${r.data?.order} is now “${r.name.replaceAll('_', ' ')}”.`;
    case 'fault': return r.data?.on ? `Fault on: ${r.data.says}` : `Fault off at ${to}: ${r.data?.why}.`;
    case 'note': return noted(r, from, to);
    default: return r.name;
  }
}

/** @type {Object<string, string>} */
const QUEUED = {
  paused: ', where it waits: no consumer takes it', unreachable: ', where it waits: no consumer takes it',
  duplicate: ', twice', reorder: ', but held back: later messages overtake it',
};

/** @param {Rec} r @param {string} from @param {string} to */
function noted(r, from, to) {
  if (r.target && r.data?.breaker) return `The circuit from ${from} to ${to} is ${r.data.breaker}.`;
  switch (r.name) {
    case 'DesignChanged': return 'The design was changed.';
    case 'Reset': return 'Everything was deleted: a fresh start.';
    case 'Storm': return `A storm begins: ${r.data?.faults} faults in ${r.data?.seconds} s, seed ${r.data?.seed}.`;
    case 'Crashed': return `${to} crashes: ${r.data?.reason}.`;
    case 'Killed': return `The worker process of ${to} is killed in the middle of a task.`;
    case 'LinesRan': return `${to} ran these lines: ${ran(r.data?.lines)}.`;
    default: return `${r.name}${r.data?.reason ? `: ${r.data.reason}` : ''}.`;
  }
}

/** @param {Object<string, number[]>} [lines] */
const ran = (lines) => Object.entries(lines ?? {}).map(([name, numbers]) => `${name.split('.').at(-1)} ${numbers.join(', ')}`).join('; ');

/** From where to where it went. @param {Rec} r */
export function route(r) {
  if (r.kind === 'enqueue') return `Broker → ${title(r.target)}'s queue`;
  if (['deliver', 'redeliver'].includes(r.kind)) return `Queue → ${title(r.target)}`;
  return r.source ? `${title(r.source)} → ${title(r.target)}` : title(r.target);
}

/** The note at the end of its line in the log. @param {Rec} r */
export function note(r) {
  if (r.status !== 'ok') return r.code ?? r.status;
  if (r.code) return `${r.code}, ${ms(r.duration_ms)}`;
  if (r.kind === 'deliver' || r.kind === 'redeliver') return (r.attempt ?? 1) > 1 ? `attempt ${r.attempt}` : `waited ${ms(r.wait_ms)}`;
  if (r.kind === 'retry') return `in ${r.data?.delay_s} s`;
  const took = r.duration_ms ?? r.work_ms;
  return took === undefined ? r.kind.replace('_', ' ') : ms(took);
}
