// The state of a playground, told by its records. Pure: (state, records) -> state.

/**
 * @typedef {Object} Rec  a record of the flow log (docs/architecture.md)
 * @property {string} id @property {number} at @property {string} kind @property {string} name
 * @property {string} [source] @property {string} [target] @property {string} [style]
 * @property {string} status @property {number} [code] @property {string} [run]
 * @property {string} [trace] @property {string} [span] @property {string} [message]
 * @property {number} [attempt] @property {number} [wait_ms] @property {number} [work_ms]
 * @property {number} [duration_ms] @property {{id: string, kind: string}} [fault]
 * @property {Object<string, any>} [data]
 *
 * @typedef {{ready: number, unacked: number, delayed: number, dead: number}} Depth
 * @typedef {{id: string, name: string, at: number, messages: number, answered: Rec|null}} Run
 * @typedef {{id: string, history: {status: string, at: number}[]}} OrderStory
 *
 * @typedef {Object} State
 * @property {string} cursor       id of the last record
 * @property {Rec[]} log           oldest first, at most KEPT
 * @property {number} dropped      how many older ones were let go
 * @property {Object<string, Depth>} queues   by service
 * @property {Map<string, Rec>} calls         requests without an answer, by message id
 * @property {Run|null} run        the newest run that a customer began
 * @property {Map<string, OrderStory>} orders
 * @property {string} newestOrder
 */

export const KEPT = 5000;
const KEPT_ORDERS = 200;

/** @returns {State} */
export const empty = () => ({
  cursor: '0-0', log: [], dropped: 0, queues: {}, calls: new Map(), run: null,
  orders: new Map(), newestOrder: '',
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
      state.calls.set(record.message, record);
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
    case 'enqueue': if (record.status !== 'lost') change(state, record.target, { ready: 1 }); break;
    case 'deliver': change(state, record.target, { ready: -1, unacked: 1 }); break;
    case 'redeliver': break; // it was unacked and still is
    case 'ack': change(state, record.target, { unacked: -1 }); break;
    case 'retry': change(state, record.target, { unacked: -1, delayed: 1 }); break;
    case 'dead_letter': change(state, record.target, { unacked: -1, dead: record.status === 'lost' ? 0 : 1 }); break;
    case 'state': tellOrder(state, record); break;
    case 'note': if (record.name === 'Reset') forget(state, record); break;
  }
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
