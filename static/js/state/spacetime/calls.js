// Calls in time and space: the caller waits, the callee works, the answer comes or does not.

import { ending } from './ending.js';

// Nobody worked for the caller: it was turned away, or there was nobody.
const NOBODY = new Set(['unreachable', 'hang', 'kill', 'throttled']);

export class Calls {
  #open = new Map(); // message -> {request, response, last}

  /** @param {import('../records.js').Rec[]} records in order of time */
  constructor(records) {
    for (const r of records) {
      if (r.kind === 'request') this.#open.set(r.message, { request: r, response: null, last: null });
      else if (r.kind === 'response' && this.#open.has(r.message)) this.#open.get(r.message).response = r;
      else if (this.#open.has(r.span)) this.#open.get(r.span).last = r;
    }
  }

  /** When the customers had their answers. */
  answers() {
    return [...this.#open.values()].map((call) => call.response).filter((r) => r?.target === 'customer')
      .map((record) => ({ at: record.at, isGood: record.status === 'ok', record }));
  }

  drawn(now, last) {
    const all = [...this.#open.values()];
    return {
      bars: all.flatMap((call) => [waiting(call, now, last), working(call, now, last)].filter(Boolean)),
      ways: all.flatMap(ways),
      marks: all.filter(({ response }) => response && response.status !== 'ok' && response.status !== 'rejected').map(({ response }) => (
        { key: `${response.id}!`, lane: response.target, at: response.at, kind: 'refused', record: response })),
    };
  }
}

function waiting({ request, response }, now, last) {
  return {
    key: `wait ${request.message}`, lane: request.source, kind: 'wait', from: request.at, ...ending(request.at, response?.at, now, last),
    look: failed(response) ? 'failed' : 'waiting', record: request, end: response, within: request.parent,
  };
}

/** The callee's side. Where a fault kept everybody from the work there is none. */
function working({ request, response, last: seen }, now, last) {
  if (NOBODY.has(request.fault?.kind) || response?.status === 'refused') return null;
  const until = response && Math.max(response.at, seen?.at ?? 0);
  return {
    key: `work ${request.message}`, lane: request.target, kind: 'work', from: request.at, ...ending(request.at, until, now, last),
    look: response?.status === 'timeout' ? 'ok' : failed(response) ? 'failed' : 'ok',
    isLate: response?.status === 'timeout', attempt: request.attempt, record: request, end: response, span: request.message, within: request.parent,
  };
}

function ways({ request, response }) {
  const point = (lane, record) => ({ lane, at: record.at, record });
  const asks = { kind: 'call', look: request.attempt > 1 ? 'retry' : 'ok', points: [point(request.source, request), point(request.target, request)] };
  if (!response) return [asks];
  // A time-out is no arrow: nothing came back.
  if (response.status === 'timeout') return [asks];
  return [asks, { kind: 'answer', look: failed(response) ? 'failed' : 'ok', points: [point(response.source, response), point(response.target, response)] }];
}

const failed = (response) => Boolean(response) && response.status !== 'ok';
