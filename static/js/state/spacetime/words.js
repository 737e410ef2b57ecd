// What the parts of the time-space diagram say.

import { ms, sentence, title } from '../plain.js';

const took = (bar) => ms((bar.to - bar.from) * 1000);

/** In the bar itself, if there is room. */
export function shortly(bar) {
  const again = bar.attempt > 1 && bar.kind === 'work' ? `try ${bar.attempt}: ` : '';
  switch (bar.kind) {
    case 'work': return again + worked(bar);
    case 'wait': return `waits ${took(bar)}`;
    case 'backoff': return `back-off ${took(bar)}`;
    case 'held': return `held ${took(bar)}`;
    default: return bar.isOutbox ? `outbox ${took(bar)}` : `queued ${took(bar)}`;
  }
}

function worked(bar) {
  if (bar.isOpen) return `at work ${took(bar)}`;
  if (bar.isBroken) return 'never heard of again';
  if (bar.end?.name === 'Killed') return `killed ${took(bar)}`;
  if (bar.end?.name === 'Crashed') return `crashed ${took(bar)}`;
  if (bar.end?.status === 'duplicate') return `seen before ${took(bar)}`;
  if (bar.look === 'failed') return `failed ${took(bar)}`;
  return `works ${took(bar)}${bar.isLate ? ', too late' : ''}`;
}

/** In one sentence. */
export function fully(bar) {
  const { record } = bar;
  const soFar = bar.isOpen ? ', so far' : '';
  switch (bar.kind) {
    case 'work': return `${title(bar.lane)}: ${record.name}, ${shortly(bar)}${soFar}.`;
    case 'wait': return `${title(bar.lane)} waits ${took(bar)}${soFar} for ${title(record.target)}: ${record.name}.`;
    case 'backoff': return `${record.name} is kept back from ${title(record.target)} for ${took(bar)}${soFar}, before try ${bar.attempt}.`;
    case 'held': return `The broker holds ${record.name} for a taker of ${title(record.target)} who says nothing: ${took(bar)}${soFar}.`;
    default: return bar.isOutbox ? `${record.name} waits in the outbox for the broker: ${took(bar)}${soFar}.` : `${record.name} waits in ${title(record.target)}'s queue: ${took(bar)}${soFar}.`;
  }
}

const MARKS = { dead: 'dead letter', lost: 'lost', killed: 'killed', refused: 'no answer', replayed: 'replayed', discarded: 'thrown away' };

/** At a mark. An effect says it only when pressed. */
export function marked({ kind, record }) {
  if (kind === 'effect') return '';
  if (record.kind === 'publish' && kind === 'refused') return 'broker away';
  if (kind === 'refused' && record.status !== 'timeout') return record.status === 'refused' ? 'refused' : 'error';
  return record.name === 'Crashed' ? 'crashed' : MARKS[kind];
}

export const markFully = (mark) => (mark.kind === 'lost' && mark.record.name === 'Killed'
  ? 'Lost: it was acknowledged before the work was done, and its worker was killed.' : sentence(mark.record));

/** Of a lane. */
export const laneTitle = (lane) => (lane.kind === 'queue' ? `${title(lane.service)} queue` : title(lane.service));
