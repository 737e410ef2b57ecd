// The words on the parts of the time-space diagram.

/** @typedef {import('./layout.js').Bar} Bar @typedef {import('./layout.js').Mark} Mark */

import { ms, sentence, title } from '../plain.js';

/** @param {Bar} bar */
const took = (bar) => ms((bar.to - bar.from) * 1000);

/** In the bar itself, if there is space. @param {Bar} bar */
export function shortly(bar) {
  const again = (bar.attempt ?? 1) > 1 && bar.kind === 'work' ? `try ${bar.attempt}: ` : '';
  switch (bar.kind) {
    case 'work': return again + worked(bar);
    case 'wait': return `waits ${took(bar)}`;
    case 'backoff': return `back-off ${took(bar)}`;
    case 'held': return `held ${took(bar)}`;
    default: return bar.isOutbox ? `outbox ${took(bar)}` : `queued ${took(bar)}`;
  }
}

/** @param {Bar} bar */
function worked(bar) {
  if (bar.isOpen) return `at work ${took(bar)}`;
  if (bar.isBroken) return 'end unknown';
  if (bar.end?.name === 'Killed') return `killed ${took(bar)}`;
  if (bar.end?.name === 'Crashed') return `crashed ${took(bar)}`;
  if (bar.end?.status === 'duplicate') return `duplicate ${took(bar)}`;
  if (bar.look === 'failed') return `failed ${took(bar)}`;
  return `works ${took(bar)}${bar.isLate ? ', too late' : ''}`;
}

/** In one sentence. @param {Bar} bar */
export function fully(bar) {
  const { record } = bar;
  const soFar = bar.isOpen ? ', so far' : '';
  switch (bar.kind) {
    case 'work': return `${title(bar.lane)}: ${record.name}, ${shortly(bar)}${soFar}.`;
    case 'wait': return `${title(bar.lane)} waits ${took(bar)}${soFar} for ${title(record.target)}: ${record.name}.`;
    case 'backoff': return `${record.name} waits ${took(bar)}${soFar} before ${title(record.target)} tries it again (try ${bar.attempt}).`;
    case 'held': return `${title(record.target)} has not acknowledged ${record.name}, and the broker waits: ${took(bar)}${soFar}.`;
    default: return bar.isOutbox ? `${record.name} waits in the outbox for the broker: ${took(bar)}${soFar}.` : `${record.name} waits in ${title(record.target)}'s queue: ${took(bar)}${soFar}.`;
  }
}

/** @type {Object<string, string>} */
const MARKS = { dead: 'dead letter', lost: 'lost', killed: 'killed', refused: 'no answer', replayed: 'replayed', discarded: 'discarded' };

/** At a mark; an effect has no words until it is pressed. @param {Mark} mark */
export function marked({ kind, record }) {
  if (kind === 'effect') return '';
  if (record.kind === 'publish' && kind === 'refused') return 'broker down';
  if (kind === 'refused' && record.status !== 'timeout') return record.status === 'refused' ? 'refused' : 'error';
  return record.name === 'Crashed' ? 'crashed' : MARKS[kind];
}

/** @param {Mark} mark */
export const markFully = (mark) => (mark.kind === 'lost' && mark.record.name === 'Killed'
  ? 'Lost: it was acknowledged before the work was done, and its worker was killed.' : sentence(mark.record));

/** Of a lane. @param {import('./layout.js').Lane} lane */
export const laneTitle = (lane) => (lane.kind === 'queue' ? `${title(lane.service)} queue` : title(lane.service));
