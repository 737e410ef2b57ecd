// Records in plain sentences.

let titles = { broker: 'Broker' };

/** Give the services their names. @param {Object<string, string>} names */
export const nameServices = (names) => { titles = { ...titles, ...names }; };
export const title = (service) => titles[service] ?? service ?? '';

export const ms = (value) => (value >= 10000 ? `${(value / 1000).toFixed(1)} s` : `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`);

const ENDINGS = {
  timeout: 'gave no answer in time', refused: 'did not pick up', rejected: 'said no', error: 'failed',
};

/** One sentence about one record. @param {import('./records.js').Rec} r */
export function sentence(r) {
  const [from, to] = [title(r.source), title(r.target)];
  switch (r.kind) {
    case 'request': return `${from} calls ${to}: ${r.name}.`;
    case 'response':
      if (r.target === 'customer') return `The customer has the answer: ${r.code}, after ${ms(r.duration_ms)}.`;
      return r.status === 'ok' ? `${from} answers ${to} after ${ms(r.duration_ms)}.` : `${from} ${ENDINGS[r.status] ?? r.status}; ${to} waited ${ms(r.duration_ms)}.`;
    case 'publish':
      if (r.status !== 'ok') return `The broker does not take ${r.name}: ${r.data?.reason}.`;
      return `${from} publishes ${r.name} and goes on.`;
    case 'enqueue':
      if (r.status === 'lost') return `${r.name} gets lost on its way to ${to}'s queue.`;
      return `${r.name} is put in ${to}'s queue${QUEUED[r.fault?.kind] ?? ''}.`;
    case 'deliver': return `${to} takes ${r.name}${r.attempt > 1 ? `, attempt ${r.attempt}` : ''}; it waited ${ms(r.wait_ms)}.`;
    case 'redeliver': return `${to} is given ${r.name} again, attempt ${r.attempt}: whoever had it has gone.`;
    case 'process':
      if (r.status === 'duplicate') return `${to} has seen ${r.name} before and does nothing.`;
      return r.status === 'ok' ? `${to} is done with ${r.name} after ${ms(r.work_ms ?? 0)}.` : `${to} could not handle ${r.name}: ${r.data?.reason ?? r.status}`;
    case 'ack': return `${to} acknowledges ${r.name}; the broker forgets it.`;
    case 'retry': return `${r.name} comes to ${to} again in ${r.data?.delay_s} s.`;
    case 'dead_letter': return `${r.name} is ${r.status === 'lost' ? 'thrown away' : 'given up'}: ${r.data?.reason}`;
    case 'effect': return `${r.name}: ${r.data?.subject}${r.data?.detail ? `, ${r.data.detail}` : ''}.`;
    case 'state': return `Order ${r.data?.order} is now “${r.name.replaceAll('_', ' ')}”.`;
    case 'fault': return r.data?.on ? `Fault on: ${r.data.says}` : `${to} is well again: ${r.data?.why}.`;
    case 'note': return noted(r, from, to);
    default: return r.name;
  }
}

const QUEUED = {
  paused: ', where it waits: nobody takes it', unreachable: ', where it waits: nobody takes it',
  duplicate: ', twice', reorder: ', but held back: later ones overtake it',
};

function noted(r, from, to) {
  if (r.target && r.data?.breaker) return `The circuit from ${from} to ${to} is ${r.data.breaker}.`;
  switch (r.name) {
    case 'DesignChanged': return 'The design was changed.';
    case 'Reset': return 'Everything was forgotten: a fresh start.';
    case 'Storm': return `A storm is coming: ${r.data.faults} faults in ${r.data.seconds} s, seed ${r.data.seed}.`;
    case 'Crashed': return `${to} crashes: ${r.data.reason}.`;
    case 'Killed': return `The process that works for ${to} is killed, in mid-task.`;
    case 'LinesRan': return `${to} ran these lines: ${ran(r.data.lines)}.`;
    default: return `${r.name}${r.data?.reason ? `: ${r.data.reason}` : ''}.`;
  }
}

const ran = (lines) => Object.entries(lines ?? {}).map(([name, numbers]) => `${name.split('.').at(-1)} ${numbers.join(', ')}`).join('; ');

/** Where it went, in few signs. */
export function route(r) {
  if (r.kind === 'enqueue') return `Broker → ${title(r.target)}'s queue`;
  if (['deliver', 'redeliver'].includes(r.kind)) return `Queue → ${title(r.target)}`;
  return r.source ? `${title(r.source)} → ${title(r.target)}` : title(r.target);
}

/** What is worth saying at the end of its line. */
export function note(r) {
  if (r.status !== 'ok') return r.code ?? r.status;
  if (r.code) return `${r.code}, ${ms(r.duration_ms)}`;
  if (r.kind === 'deliver' || r.kind === 'redeliver') return r.attempt > 1 ? `attempt ${r.attempt}` : `waited ${ms(r.wait_ms)}`;
  if (r.kind === 'retry') return `in ${r.data?.delay_s} s`;
  const took = r.duration_ms ?? r.work_ms;
  return took === undefined ? r.kind.replace('_', ' ') : ms(took);
}

/** What a connection would be if it were flipped. */
export const other = (connection) => (connection.style === 'call' ? 'text' : 'call');
