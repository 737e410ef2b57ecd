// The time-space diagram as a table: the same bars and marks, in order of time.

import { element } from '../../dom.js';
import { fully, laneTitle, markFully } from '../../state/spacetime/words.js';
import { ms } from '../../state/plain.js';

/**
 * @typedef {import('../../state/types.js').Rec} Rec @typedef {(record: Rec) => void} Open
 * @typedef {{at: number, lane: string, what: string, took: string, words: string, record: Rec, isAnswer?: boolean}} Line
 */

const KINDS = { work: 'works', wait: 'waits for a call', queue: 'in a queue', backoff: 'back-off', held: 'no ack' };

/** @param {import('../../state/spacetime/layout.js').Layout} layout @param {import('../../state/spacetime/layout.js').Lane[]} lanes @param {Open} open @returns {HTMLElement[]} the rows */
export function rowsOf(layout, lanes, open) {
  const named = new Map(lanes.map((lane) => [lane.id, laneTitle(lane)]));
  const bars = layout.bars.filter((bar) => named.has(bar.lane)).map((bar) => ({ at: bar.from, lane: bar.lane, what: KINDS[bar.kind], took: `${ms((bar.to - bar.from) * 1000)}${bar.isOpen ? ' so far' : ''}`, words: fully(bar), record: bar.record }));
  const marks = layout.marks.filter((mark) => named.has(mark.lane)).map((mark) => ({ at: mark.at, lane: mark.lane, what: mark.kind, took: '', words: markFully(mark), record: mark.record }));
  const answers = layout.answers.map(({ at, isGood, record }) => ({ at, lane: 'customer', what: isGood ? 'has the answer' : 'has an error', took: '', words: `${record.code} after ${ms(record.duration_ms)}.`, record, isAnswer: isGood }));
  /** @type {Line[]} */
  const lines = [...bars, ...marks, ...answers];
  return lines.sort((a, b) => a.at - b.at).map((line) => row(line, layout.from, named, open));
}

/** @param {Line} line @param {number} began @param {Map<string, string>} named @param {Open} open */
function row({ at, lane, what, took, words, record, isAnswer }, began, named, open) {
  const button = element('button', { type: 'button', class: 'small' }, 'Open', element('span', { class: 'vh' }, `: ${words}`));
  button.addEventListener('click', () => open(record));
  return element('tr', { class: isAnswer ? 'answer' : '' },
    element('td', {}, ms((at - began) * 1000)), element('th', { scope: 'row' }, named.get(lane) ?? ''), element('td', {}, what),
    element('td', {}, took), element('td', { class: 'says' }, words), element('td', {}, button));
}

export const tableHead = () => element('thead', {}, element('tr', {},
  ...['After', 'Who', 'What', 'How long', 'In words', 'Record'].map((words) => element('th', { scope: 'col' }, words))));
