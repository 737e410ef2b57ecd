// One line of the log: as a sentence, or as JSON.

import { element, mark } from '../../dom.js';
import { note, sentence } from '../../state/plain.js';
import { isCustomersAnswer, lookOf } from '../../state/travel.js';

/** @param {import('../../state/types.js').Rec} record @param {string} since  seconds, in words */
export function plainRow(record, since) {
  const time = element('time', {}, since);
  const isAnswer = isCustomersAnswer(record) && record.status === 'ok';
  const look = isAnswer ? 'answer' : lookOf(record);
  return element('div', { class: `row ${look}`, 'data-kind': record.kind },
    time, isAnswer ? element('i') : mark(look),
    element('span', { class: 'says' }, isAnswer ? 'Customer has the answer' : sentence(record)),
    element('span', { class: 'note' }, note(record)));
}

/** @param {import('../../state/types.js').Rec} record @param {string} since */
export function jsonRow(record, since) {
  const { id, at, ...rest } = record;
  return element('div', { class: `row json ${lookOf(record)}`, 'data-kind': record.kind },
    element('time', {}, since), mark(lookOf(record)), element('code', {}, JSON.stringify({ id, at, ...rest })));
}
