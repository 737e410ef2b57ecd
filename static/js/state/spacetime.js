// A trace (or a run) in time and space: which services worked or waited, and what caused what.
// Pure: records in, lanes, bars, arrows, marks and chains out. Times are unix seconds.

import { Calls } from './spacetime/calls.js';
import { lanesOf } from './spacetime/lanes.js';
import { attached, stacked } from './spacetime/rows.js';
import { textsOf } from './spacetime/texts.js';

/** @typedef {import('./types.js').Rec} Rec @typedef {import('./spacetime/layout.js').Mark} Mark */

/** @param {Rec[]} records of one trace or run, in any order @param {number} now @returns {import('./spacetime/layout.js').Layout|null} */
export function spacetime(records, now) {
  const inTime = records.filter((r) => r.trace).sort((a, b) => a.at - b.at);
  if (!inTime.length) return null;
  const last = inTime[inTime.length - 1].at;
  const calls = new Calls(inTime);
  const parts = [calls.drawn(now, last), ...textsOf(inTime, now, last)];
  const drawn = {
    bars: parts.flatMap(({ bars }) => bars).filter((bar) => bar.to >= bar.from),
    arrows: parts.flatMap(({ arrows }) => arrows),
    marks: [...parts.flatMap(({ marks }) => marks), ...inTime.flatMap(effect)],
    chains: parts.flatMap(({ chains }) => chains),
  };
  const lanes = lanesOf(drawn);
  stacked(drawn.bars, lanes);
  attached(drawn.arrows, drawn.bars);
  return {
    ...drawn, lanes, answers: calls.answers(),
    from: inTime[0].at, to: Math.max(last, ...drawn.bars.map((bar) => bar.to)),
    isOpen: drawn.bars.some((bar) => bar.isOpen),
  };
}

/** @param {Rec} record @returns {Mark[]} */
function effect(record) {
  if (record.kind !== 'effect' && record.kind !== 'state') return [];
  return [{ key: record.id, lane: record.target ?? '', at: record.at, kind: 'effect', record }];
}
