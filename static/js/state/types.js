// The shapes of the state and of what it is told by. For readers and type checkers: no page fetches this.

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
 * @typedef {{id: string, kind: string, target: string, says: string, scope: string, hits: number}} FaultSeen
 *
 * @typedef {Object} State
 * @property {string} cursor       id of the last record
 * @property {Rec[]} log           oldest first, at most KEPT
 * @property {number} dropped      how many older ones were let go
 * @property {Object<string, Depth>} queues   by service
 * @property {Map<string, Rec>} calls         requests without an answer, by message id
 * @property {Map<string, Rec>} work          deliveries whose handling has not ended, by service and message
 * @property {Map<string, FaultSeen>} faults  switched on and not off again, by id
 * @property {Object<string, number>} lost    messages that nobody has any more, by the service they were for
 * @property {Object<string, string>} breakers  the last phase told of each circuit, by callee
 * @property {Run|null} run        the newest run that a customer began
 * @property {Map<string, OrderStory>} orders
 * @property {string} newestOrder
 */

export {};
