// What a trace looks like in time and space. Shapes only; times are unix seconds.

/**
 * @typedef {import('../records.js').Rec} Rec
 * @typedef {{id: string, service: string, kind: 'service'|'broker'|'queue', rows: number}} Lane
 *
 * @typedef {Object} Bar
 * @property {string} key @property {string} lane @property {number} row
 * @property {'work'|'wait'|'queue'|'backoff'|'held'} kind
 *   work: at work; wait: a caller waits; queue: a message waits; backoff: it must not come
 *   before; held: it was taken, and whoever has it says nothing
 * @property {number} from @property {number} to
 * @property {boolean} isOpen    not over yet: `to` is now
 * @property {boolean} isBroken  nobody knows when it ended
 * @property {string} look       ok | waiting | retry | failed
 * @property {number} [attempt]
 * @property {Rec} record        what a press opens
 * @property {Rec} [end]
 * @property {number} [alone]  when it begins to wait for somebody itself
 *
 * @typedef {{lane: string, at: number, record: Rec, row: number}} Point
 * @typedef {{kind: 'call'|'answer'|'text'|'retry', look: string, points: Point[]}} Way
 *   an arrow from cause to effect; each point is opened by its record
 *
 * @typedef {{key: string, lane: string, at: number, kind: 'effect'|'dead'|'lost'|'killed'|'refused'|'discarded'|'replayed', record: Rec}} Mark
 * @typedef {{message: string, name: string, service: string, attempts: Rec[]}} Chain
 * @typedef {{at: number, isGood: boolean, record: Rec}} Answer
 *
 * @typedef {Object} Layout
 * @property {number} from @property {number} to @property {Lane[]} lanes @property {Bar[]} bars
 * @property {Way[]} ways @property {Mark[]} marks @property {Chain[]} chains
 * @property {Answer[]} answers @property {boolean} isOpen
 */
export {};
