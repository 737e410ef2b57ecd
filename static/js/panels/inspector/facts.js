// Facts of a record as a list of names and values.

import { element } from '../../dom.js';
import { preciseClockTime } from '../../state/clock_time.js';
import { ms, route } from '../../state/plain.js';

/** @typedef {import('../../state/types.js').Rec} Rec */

/** @param {Rec} record */
export const facts = (record) => factList({
  route: route(record), kind: record.kind.replace('_', ' '), style: record.style, status: record.code ? `${record.code} ${record.status}` : record.status,
  attempt: record.attempt, replica: record.data?.replica, waited: span(record.wait_ms), worked: span(record.work_ms), took: span(record.duration_ms),
  fault: record.fault?.kind, at: preciseClockTime(record.at), message: record.message, run: record.run, trace: record.trace,
});

/** @param {Object<string, string|number|null|undefined>} values */
export function factList(values) {
  const known = Object.entries(values).filter(([, value]) => value !== undefined && value !== '' && value !== null);
  return element('dl', { class: 'facts' }, ...known.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]));
}

/** @param {number} [value] */
const span = (value) => (value === undefined ? undefined : ms(value));
