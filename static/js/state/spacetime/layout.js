// The types of a trace in time and space. Times are unix seconds.

/**
 * @typedef {import('../types.js').Rec} Rec
 * @typedef {{id: string, service: string, kind: 'service'|'broker'|'queue', rows: number}} Lane
 *
 * @typedef {Object} Bar
 * @property {string} key @property {string} lane @property {number} [row]
 * @property {'work'|'wait'|'queue'|'backoff'|'held'} kind
 *   work: handling; wait: a caller waits; queue: a message waits; backoff: it waits for a retry;
 *   held: it was delivered and is neither acknowledged nor delivered again
 * @property {number} from @property {number} to
 * @property {boolean} isOpen    not over yet: `to` is now
 * @property {boolean} isBroken  its end is unknown
 * @property {string} look       ok | waiting | retry | failed
 * @property {number} [attempt]
 * @property {Rec} record        what a press opens
 * @property {Rec} [end]
 * @property {number} [alone]  when it begins to wait for a call of its own
 * @property {string} [span] @property {string} [within]  the span of the work it belongs to
 * @property {boolean} [isOutbox] @property {boolean} [isLate]  its caller did not wait until the end
 *
 * @typedef {{lane: string, at: number, record: Rec, row?: number}} Point
 * @typedef {{kind: 'call'|'answer'|'text'|'retry', look: string, points: Point[]}} Arrow
 *   from cause to effect; a press on a point opens its record
 *
 * @typedef {{key: string, lane: string, at: number, kind: 'effect'|'dead'|'lost'|'killed'|'refused'|'discarded'|'replayed', record: Rec}} Mark
 * @typedef {{message: string, name: string, service: string, attempts: Rec[]}} Chain
 * @typedef {{at: number, isGood: boolean, record: Rec}} Answer
 *
 * @typedef {Object} Layout
 * @property {number} from @property {number} to @property {Lane[]} lanes @property {Bar[]} bars
 * @property {Arrow[]} arrows @property {Mark[]} marks @property {Chain[]} chains
 * @property {Answer[]} answers @property {boolean} isOpen
 *
 * @typedef {{bars: Bar[], arrows: Arrow[], marks: Mark[], chains: Chain[]}} Drawn  part of a layout
 */
export {};
