// Calls in time and space: the caller waits, the callee works, the response arrives or does not.

import { ending } from './ending.js';

/**
 * @typedef {import('../types.js').Rec} Rec @typedef {import('./layout.js').Bar} Bar @typedef {import('./layout.js').Arrow} Arrow
 * @typedef {{request: Rec, response?: Rec, last?: Rec}} Call
 */

// With these faults the callee did no work.
const NO_WORK = new Set(['unreachable', 'hang', 'kill', 'throttled']);

export class Calls {
  /** @type {Map<string, Call>} */
  #calls = new Map(); // by message

  /** @param {Rec[]} records in order of time */
  constructor(records) {
    for (const r of records) {
      if (r.kind === 'request') {
        this.#calls.set(r.message ?? '', { request: r });
        continue;
      }
      const answered = r.kind === 'response' ? this.#calls.get(r.message ?? '') : undefined;
      const working = this.#calls.get(r.span ?? '');
      if (answered) answered.response = r;
      else if (working) working.last = r;
    }
  }

  /** When the customers had their answers. */
  answers() {
    return [...this.#calls.values()].flatMap(({ response: record }) => (
      record?.target === 'customer' ? [{ at: record.at, isGood: record.status === 'ok', record }] : []));
  }

  /** @param {number} now @param {number} last @returns {import('./layout.js').Drawn} */
  drawn(now, last) {
    const all = [...this.#calls.values()];
    return {
      bars: all.flatMap((call) => [waiting(call, now, last), ...working(call, now, last)]),
      arrows: all.flatMap(arrows),
      marks: all.flatMap(({ response: record }) => (record && record.status !== 'ok' && record.status !== 'rejected'
        ? [{ key: `${record.id}!`, lane: record.target ?? '', at: record.at, kind: /** @type {const} */ ('refused'), record }] : [])),
      chains: [],
    };
  }
}

/** @param {Call} call @param {number} now @param {number} last @returns {Bar} */
function waiting({ request, response }, now, last) {
  return {
    key: `wait ${request.message}`, lane: request.source ?? '', kind: 'wait', from: request.at, ...ending(request.at, response?.at, now, last),
    look: failed(response) ? 'failed' : 'waiting', record: request, end: response, within: request.parent,
  };
}

/** The callee's side, if it did any work. @param {Call} call @param {number} now @param {number} last @returns {Bar[]} */
function working({ request, response, last: seen }, now, last) {
  if (NO_WORK.has(request.fault?.kind ?? '') || response?.status === 'refused') return [];
  const until = response && Math.max(response.at, seen?.at ?? 0);
  return [{
    key: `work ${request.message}`, lane: request.target ?? '', kind: 'work', from: request.at, ...ending(request.at, until, now, last),
    look: response?.status === 'timeout' ? 'ok' : failed(response) ? 'failed' : 'ok',
    isLate: response?.status === 'timeout', attempt: request.attempt, record: request, end: response, span: request.message, within: request.parent,
  }];
}

/** @param {Call} call @returns {Arrow[]} */
function arrows({ request, response }) {
  const point = (/** @type {string|undefined} */ lane, /** @type {Rec} */ record) => ({ lane: lane ?? '', at: record.at, record });
  /** @type {Arrow} */
  const asks = { kind: 'call', look: (request.attempt ?? 1) > 1 ? 'retry' : 'ok', points: [point(request.source, request), point(request.target, request)] };
  if (!response) return [asks];
  // After a time-out there is no arrow: nothing came back.
  if (response.status === 'timeout') return [asks];
  return [asks, { kind: 'answer', look: failed(response) ? 'failed' : 'ok', points: [point(response.source, response), point(response.target, response)] }];
}

/** @param {Rec} [response] */
const failed = (response) => response !== undefined && response.status !== 'ok';
