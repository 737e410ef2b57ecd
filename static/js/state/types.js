// The types of the state and of what changes it. For readers and the type checker: no page loads this file.
// What the server sends comes from schema.d.ts, which is generated from the server's own schemas.

/**
 * @typedef {import('./schema.js').Design} Design
 * @typedef {import('./schema.js').ConnectionOut} Connection
 * @typedef {import('./schema.js').Depth} Depth
 * @typedef {import('./schema.js').FaultOut} ServerFault  a fault as the API and the faults frame describe it
 * @typedef {import('./schema.js').Node} TopologyNode
 * @typedef {import('./schema.js').Edge} TopologyEdge
 * @typedef {import('./schema.js').RecordsFrame} RecordsFrame
 * @typedef {import('./schema.js').WelcomeFrame} WelcomeFrame
 * @typedef {import('./schema.js').GapFrame} GapFrame
 * @typedef {import('./schema.js').DesignFrame} DesignFrame
 * @typedef {import('./schema.js').FaultsFrame} FaultsFrame
 * @typedef {import('./schema.js').StatsFrame} StatsFrame
 * @typedef {import('./schema.js').DiagramFrame} DiagramFrame
 * @typedef {DiagramFrame & {diagram: 'topology', source_tb: string, nodes: TopologyNode[], edges: TopologyEdge[]}} TopologyFrame
 * @typedef {DiagramFrame & {diagram: 'sequence', trace: string}} SequenceFrame
 * @typedef {RecordsFrame|WelcomeFrame|GapFrame|DesignFrame|FaultsFrame|StatsFrame|DiagramFrame} Frame
 * @typedef {DesignFrame|FaultsFrame|StatsFrame|TopologyFrame} StateFrame  those that are part of the state
 *
 * @typedef {Object} RecordData  those fields of a record's `data` that the page uses; each kind of record has its own
 * @property {string} [reason] @property {number} [delay_s] @property {number} [replica]
 * @property {string} [order] @property {string} [status] @property {string} [subject] @property {string} [detail]
 * @property {boolean} [on] @property {string} [says] @property {string} [why] @property {string} [scope] @property {number} [limit]
 * @property {string} [breaker] @property {number} [faults] @property {number} [seconds] @property {number} [seed]
 * @property {string} [command] @property {Object<string, number[]>} [lines] @property {CloudEvent} [event]
 * @typedef {{id: string, subject?: string, causationid?: string, [name: string]: unknown}} CloudEvent
 *
 * @typedef {Omit<import('./schema.js').FlowRecord, 'data'|'fault'> & {data?: RecordData, fault?: {id: string, kind: string}}} Rec
 *   a record of the flow log (docs/architecture.md)
 *
 * @typedef {Partial<ServerFault> & Pick<ServerFault, 'id'|'kind'|'target'|'says'|'scope'|'limit'|'hits'|'is_spent'> & {recorded: number}} Fault
 *   a fault that is on; `recorded` counts the hits among the records, `hits` is that or the server's count, whichever is more
 * @typedef {{id: string, name: string, at: number, messages: number, answered: Rec|null}} Run
 * @typedef {{id: string, history: {status: string, at: number}[]}} OrderStory
 *
 * @typedef {Object} State  the playground after some record, as records and frames have described it
 * @property {string} cursor       id of the last record
 * @property {Rec[]} log           oldest first, at most KEPT
 * @property {number} dropped      how many older records are no longer kept
 * @property {Design|null} design
 * @property {Connection[]} connections
 * @property {TopologyFrame|null} topology
 * @property {StatsFrame|null} stats
 * @property {Object<string, Depth>} queues   by service
 * @property {Map<string, Rec>} calls         requests without a response, by message id
 * @property {Map<string, Rec & {acked?: boolean}>} work  deliveries whose handling has not ended, by service and message
 * @property {Map<string, Fault>} faults      those that are on, by id
 * @property {Object<string, number>} lost    lost messages, by the service they were for
 * @property {Object<string, string>} breakers  phase of each circuit breaker, by callee
 * @property {Run|null} run        the newest run that a customer began
 * @property {Map<string, OrderStory>} orders
 * @property {string} newestOrder
 */

export {};
