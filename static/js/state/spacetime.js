// A trace (or a run) in time and space: who was at work, who waited, where, and what caused what.
// Pure: records in, lanes, bars, arrows, marks and chains out. Times are unix seconds.

import { Calls } from './spacetime/calls.js';
import { lanesOf } from './spacetime/lanes.js';
import { stacked } from './spacetime/rows.js';
import { textsOf } from './spacetime/texts.js';

/**
 * @typedef {import('./records.js').Rec} Rec
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
 *
 * @typedef {{lane: string, at: number, record: Rec}} Point
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

/** @param {Rec[]} records of one trace or run, in any order @param {number} now @returns {Layout|null} */
export function spacetime(records, now) {
  const told = records.filter((r) => r.trace).sort((a, b) => a.at - b.at);
  if (!told.length) return null;
  const last = told.at(-1).at;
  const calls = new Calls(told);
  const found = [calls.drawn(now, last), ...textsOf(told, now, last), told.map(effect).filter(Boolean)];
  const all = (name) => found.flatMap((one) => one[name] ?? []);
  const bars = all('bars').filter((bar) => bar.to >= bar.from);
  const marks = [...all('marks'), ...found.at(-1)];
  const lanes = lanesOf(bars, all('ways'), marks);
  stacked(bars, lanes);
  return {
    from: told[0].at, to: Math.max(last, ...bars.map((bar) => bar.to)),
    lanes, bars, ways: all('ways'), marks, chains: all('chains'), answers: calls.answers(),
    isOpen: bars.some((bar) => bar.isOpen),
  };
}

function effect(record) {
  if (record.kind !== 'effect' && record.kind !== 'state') return null;
  return { key: record.id, lane: record.target, at: record.at, kind: 'effect', record };
}
