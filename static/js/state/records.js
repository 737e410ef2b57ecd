// The state of a playground, told by its records. Pure: (state, records) -> state.

/** @typedef {import('./types.js').Rec} Rec @typedef {import('./types.js').State} State */

export const KEPT = 5000;
const KEPT_ORDERS = 200;
const KEPT_CALLS = 2000; // a caller that died has no answer: it must not stay for ever

/** @returns {State} */
export const empty = () => ({
  cursor: '0-0', log: [], dropped: 0, queues: {}, calls: new Map(), work: new Map(),
  faults: new Map(), lost: {}, breakers: {}, run: null, orders: new Map(), newestOrder: '',
});

/**
 * The state after these records, which follow it in order.
 * @param {State} before @param {Rec[]} records @returns {State}
 */
export function reduce(before, records) {
  if (!records.length) return before;
  const after = {
    ...before,
    cursor: records[records.length - 1].id,
    log: before.log.concat(records),
    queues: { ...before.queues },
    calls: new Map(before.calls),
    work: new Map(before.work),
    faults: new Map(before.faults),
    lost: { ...before.lost },
    breakers: { ...before.breakers },
    orders: new Map(before.orders),
  };
  if (after.log.length > KEPT) {
    after.dropped += after.log.length - KEPT;
    after.log = after.log.slice(-KEPT);
  }
  for (const record of records) apply(after, record);
  return after;
}

/** The depths as the server has counted them; truer than our own sums. */
export function withDepths(state, queues) {
  return { ...state, queues };
}

function apply(state, record) {
  switch (record.kind) {
    case 'request':
      keep(state.calls, record.message, record);
      if (record.source === 'customer' && !isPoll(record)) {
        state.run = { id: record.run, name: record.name, at: record.at, messages: 0, answered: null };
      }
      break;
    case 'response':
      state.calls.delete(record.message);
      if (record.target === 'customer' && record.run === state.run?.id) {
        state.run = { ...state.run, answered: record };
      }
      break;
    case 'enqueue':
      if (record.status === 'lost') lose(state, record.target);
      else change(state, record.target, { ready: 1 });
      break;
    case 'deliver':
      change(state, record.target, { ready: -1, unacked: 1 });
      keep(state.work, job(record), record);
      break;
    case 'redeliver': keep(state.work, job(record), record); break; // it was unacked and still is
    case 'process': state.work.delete(job(record)); break;
    case 'ack':
      change(state, record.target, { unacked: -1 });
      tellAcked(state, job(record));
      break;
    case 'retry':
      state.work.delete(job(record));
      change(state, record.target, { unacked: -1, delayed: 1 });
      break;
    case 'dead_letter':
      state.work.delete(job(record));
      change(state, record.target, { unacked: -1, dead: record.status === 'lost' ? 0 : 1 });
      if (record.status === 'lost') lose(state, record.target);
      break;
    case 'state': tellOrder(state, record); break;
    case 'fault': tellFault(state, record); break;
    case 'note': noted(state, record); break;
  }
  if (record.fault && HIT_AT.has(record.kind)) countHit(state, record);
  if (record.run && record.run === state.run?.id && travels(record)) {
    state.run = { ...state.run, messages: state.run.messages + 1 };
  }
}

function change(state, service, by) {
  const depth = { ready: 0, unacked: 0, delayed: 0, dead: 0, ...state.queues[service] };
  for (const [name, n] of Object.entries(by)) depth[name] = Math.max(0, depth[name] + n);
  state.queues[service] = depth;
}

function tellOrder(state, record) {
  const id = record.data.order;
  const told = state.orders.get(id) ?? { id, history: [] };
  const line = { status: record.data.status, at: record.at };
  state.orders.set(id, { id, history: [...told.history, line] });
  if (line.status === 'placed') state.newestOrder = id;
  if (state.orders.size > KEPT_ORDERS) state.orders.delete(state.orders.keys().next().value);
}

function noted(state, record) {
  if (record.name === 'Reset') forget(state, record);
  else if (record.target && record.data?.breaker) state.breakers[record.target] = record.data.breaker;
  else if (record.name === 'Killed') {
    if (state.work.get(job(record))?.acked) lose(state, record.target);
    state.work.delete(job(record));
  }
}

/** Crossed off, and still being worked at: from now on nobody but its worker has it. */
function tellAcked(state, key) {
  const working = state.work.get(key);
  if (working) state.work.set(key, { ...working, acked: true });
}

function lose(state, service) {
  state.lost[service] = (state.lost[service] ?? 0) + 1;
}

function tellFault(state, { fault, target, data }) {
  if (data?.on) state.faults.set(fault.id, { ...fault, target, says: data.says, scope: data.scope, limit: data.limit ?? 0, hits: 0, is_spent: false });
  else state.faults.delete(fault.id);
}

/** A fault marks both records of a call; the first of them is the hit. The customer's has no mark yet. */
const HIT_AT = new Set(['request', 'publish', 'enqueue', 'deliver', 'redeliver', 'response']);

function countHit(state, record) {
  const known = state.faults.get(record.fault.id);
  if (!known || (record.kind === 'response' && record.target !== 'customer')) return;
  const hits = known.hits + 1;
  state.faults.set(known.id, { ...known, hits, is_spent: known.limit > 0 && hits >= known.limit });
}

/** Who works at what: one message may be worked at by several services at once. */
const job = (record) => `${record.target} ${record.message}`;

function keep(map, key, record) {
  map.set(key, record);
  if (map.size > KEPT_CALLS) map.delete(map.keys().next().value);
}

function forget(state, record) {
  Object.assign(state, empty(), { cursor: state.cursor, log: [record] });
}

/** Asking again for an order's status is no story of its own. */
export const isPoll = (record) => record.name.startsWith('GET /api/orders/');

const TRAVELLING = new Set(['request', 'response', 'publish', 'enqueue', 'deliver', 'redeliver', 'retry']);

/** Does this record go along an arrow of the picture? */
export const travels = (record) => TRAVELLING.has(record.kind);

/** The order of cursors, "<milliseconds>-<number>": negative if a is older than b. */
export function compareCursors(a, b) {
  const [a1, a2 = 0] = a.split('-').map(Number);
  const [b1, b2 = 0] = b.split('-').map(Number);
  return a1 - b1 || a2 - b2;
}
