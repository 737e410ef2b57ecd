// The one reducer: the state of a playground, computed from its records and from the server's frames.
// Pure: (state, records) -> state and (state, frame) -> state.

import { switchFault, countHit, withServerFaults } from './faults.js';
import { workKey } from './shown_state.js';
import { isPoll, travels } from './travel.js';

/**
 * @typedef {import('./types.js').Rec} Rec
 * @typedef {import('./types.js').State} State
 * @typedef {import('./types.js').Depth} Depth
 */

export const KEPT = 5000;
const QUIET_MS = 1000;
const KEPT_ORDERS = 200;
const KEPT_CALLS = 2000; // a caller whose process died never gets a response: its call must not be kept for ever

export const NO_MESSAGES = { ready: 0, unacked: 0, delayed: 0, dead: 0 };

/** @returns {State} */
export const empty = () => ({
  cursor: '0-0', log: [], dropped: 0, design: null, connections: [], topology: null, stats: null,
  queues: {}, calls: new Map(), work: new Map(), faults: new Map(), lost: {}, breakers: {},
  run: null, orders: new Map(), newestOrder: '',
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

/**
 * The state after the server has described a part of it.
 * @param {State} state @param {import('./types.js').StateFrame} frame @returns {State}
 */
export function reduceFrame(state, frame) {
  switch (frame.type) {
    case 'design': return { ...state, design: frame.design, connections: frame.connections };
    case 'diagram': return { ...state, topology: frame };
    case 'faults': return { ...state, faults: withServerFaults(state.faults, frame.faults) };
    case 'stats':
      return { ...state, stats: frame, breakers: frame.breakers, queues: isOf(state, frame) ? frame.queues : state.queues };
  }
}

/**
 * Are these depths those after our last record? The server reads the newest cursor first and counts then, and a message is
 * in its queue a moment before its record is in the log: while much happens, some messages would be counted twice.
 * @param {State} state @param {import('./types.js').StatsFrame} frame
 */
function isOf(state, frame) {
  const quiet_ms = frame.at * 1000 - Number(state.cursor.split('-')[0]);
  return frame.cursor === state.cursor && (!state.stats || quiet_ms >= QUIET_MS);
}

/** @param {State} state  a fresh copy, changed here @param {Rec} record */
function apply(state, record) {
  const { target = '' } = record;
  switch (record.kind) {
    case 'request':
      keep(state.calls, record.message ?? '', record);
      if (record.source === 'customer' && !isPoll(record)) {
        // All customers of a rush share a run, which began with the first of them.
        const at = record.run && state.run?.id === record.run ? state.run.at : record.at;
        state.run = { id: record.run ?? '', name: record.name, at, messages: 0, answered: null };
      }
      break;
    case 'response':
      state.calls.delete(record.message ?? '');
      if (target === 'customer' && state.run && record.run === state.run.id) state.run = { ...state.run, answered: record };
      break;
    case 'enqueue':
      if (record.status === 'lost') countLost(state, target);
      else changeDepth(state, target, { ready: 1 });
      break;
    case 'deliver': {
      // No record tells when the delay of a retry is over.
      const from = (record.attempt ?? 1) > 1 && state.queues[target]?.delayed ? 'delayed' : 'ready';
      changeDepth(state, target, { [from]: -1, unacked: 1 });
      keep(state.work, workKey(record), record);
      break;
    }
    case 'redeliver': keep(state.work, workKey(record), record); break; // it was unacked and still is
    case 'process': state.work.delete(workKey(record)); break;
    case 'ack':
      changeDepth(state, target, { unacked: -1 });
      markAcked(state, workKey(record));
      break;
    case 'retry':
      state.work.delete(workKey(record));
      changeDepth(state, target, { unacked: -1, delayed: 1 });
      break;
    case 'dead_letter':
      state.work.delete(workKey(record));
      changeDepth(state, target, { unacked: -1, dead: record.status === 'lost' ? 0 : 1 });
      if (record.status === 'lost') countLost(state, target);
      break;
    case 'state': addOrderStatus(state, record); break;
    case 'fault': state.faults = switchFault(state.faults, record); break;
    case 'note': applyNote(state, record); break;
  }
  if (record.fault) state.faults = countHit(state.faults, record);
  if (record.run && state.run && record.run === state.run.id && travels(record)) {
    state.run = { ...state.run, messages: state.run.messages + 1 };
  }
}

/** @param {State} state @param {string} service @param {Partial<Depth>} by */
function changeDepth(state, service, by) {
  const depth = { ...(state.queues[service] ?? NO_MESSAGES) };
  for (const name of /** @type {(keyof Depth)[]} */ (Object.keys(by))) depth[name] = Math.max(0, depth[name] + (by[name] ?? 0));
  state.queues[service] = depth;
}

/** @param {State} state @param {Rec} record */
function addOrderStatus(state, { at, data }) {
  const { order: id = '', status = '' } = data ?? {};
  const history = state.orders.get(id)?.history ?? [];
  state.orders.set(id, { id, history: [...history, { status, at }] });
  if (status === 'placed') state.newestOrder = id;
  if (state.orders.size > KEPT_ORDERS) deleteOldest(state.orders);
}

/** @param {State} state @param {Rec} record */
function applyNote(state, record) {
  const { target = '', data } = record;
  if (record.name === 'Reset') reset(state, record);
  else if (target && data?.breaker) state.breakers[target] = data.breaker;
  else if (record.name === 'Killed') {
    if (state.work.get(workKey(record))?.acked) countLost(state, target);
    state.work.delete(workKey(record));
  }
}

/** Acknowledged, and still being handled: from now on only its worker has the message. @param {State} state @param {string} key */
function markAcked(state, key) {
  const working = state.work.get(key);
  if (working) state.work.set(key, { ...working, acked: true });
}

/** @param {State} state @param {string} service */
function countLost(state, service) {
  state.lost[service] = (state.lost[service] ?? 0) + 1;
}

/** @template T @param {Map<string, T>} map @param {string} key @param {T} value */
function keep(map, key, value) {
  map.set(key, value);
  if (map.size > KEPT_CALLS) deleteOldest(map);
}

/** @param {Map<string, any>} map */
const deleteOldest = (map) => map.delete(map.keys().next().value ?? '');

/** Only the design and its picture outlive a reset, until the server sends new ones. @param {State} state @param {Rec} record */
function reset(state, record) {
  const { cursor, design, connections, topology, stats } = state;
  Object.assign(state, empty(), { cursor, design, connections, topology, stats, log: [record] });
}
