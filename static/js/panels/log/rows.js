// One line of the log: as a plain sentence, or as the JSON it is.

import { element, mark } from '../../dom.js';
import { note, sentence } from '../../state/plain.js';
import { lookOf } from '../../state/travel.js';

/** @param {import('../../state/records.js').Rec} record @param {string} since  seconds, in words */
export function plainRow(record, since) {
  const time = element('time', {}, since);
  const isAnswer = record.kind === 'response' && record.target === 'customer' && record.status === 'ok';
  const look = isAnswer ? 'answer' : lookOf(record);
  return element('div', { class: `row ${look}`, 'data-kind': record.kind },
    time, isAnswer ? element('i') : mark(look),
    element('span', { class: 'says' }, isAnswer ? 'Customer has the answer' : sentence(record)),
    element('span', { class: 'note' }, note(record)));
}

export function jsonRow(record, since) {
  const { id, at, ...rest } = record;
  return element('div', { class: `row json ${lookOf(record)}`, 'data-kind': record.kind },
    element('time', {}, since), mark(lookOf(record)), element('code', {}, JSON.stringify({ id, at, ...rest })));
}
