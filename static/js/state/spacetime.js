// A trace (or a run) in time and space: who was at work, who waited, where, and what caused what.
// Pure: records in, lanes, bars, arrows, marks and chains out. Times are unix seconds.

import { Calls } from './spacetime/calls.js';
import { lanesOf } from './spacetime/lanes.js';
import { attached, stacked } from './spacetime/rows.js';
import { textsOf } from './spacetime/texts.js';

/** @param {import('./records.js').Rec[]} records of one trace or run, in any order @param {number} now @returns {import('./spacetime/layout.js').Layout|null} */
export function spacetime(records, now) {
  const told = records.filter((r) => r.trace).sort((a, b) => a.at - b.at);
  if (!told.length) return null;
  const last = told.at(-1).at;
  const calls = new Calls(told);
  const found = [calls.drawn(now, last), ...textsOf(told, now, last), told.map(effect).filter(Boolean)];
  const all = (name) => found.flatMap((one) => one[name] ?? []);
  const bars = all('bars').filter((bar) => bar.to >= bar.from);
  const marks = [...all('marks'), ...found.at(-1)];
  const ways = all('ways');
  const lanes = lanesOf(bars, ways, marks);
  stacked(bars, lanes);
  attached(ways, bars);
  return {
    from: told[0].at, to: Math.max(last, ...bars.map((bar) => bar.to)),
    lanes, bars, ways, marks, chains: all('chains'), answers: calls.answers(),
    isOpen: bars.some((bar) => bar.isOpen),
  };
}

function effect(record) {
  if (record.kind !== 'effect' && record.kind !== 'state') return null;
  return { key: record.id, lane: record.target, at: record.at, kind: 'effect', record };
}
