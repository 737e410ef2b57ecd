// Does a record fit a description? Pure. lessons/matching.py says the same of the same records.

import { travels } from '../state/records.js';

/**
 * @param {Object<string, any>} match  what it does not mention may be anything
 * @param {import('../state/records.js').Rec} record
 */
export function fits(match, record) {
  return Object.entries(match).every(([field, wanted]) => {
    if (field === 'fault') return record.fault?.kind === wanted;
    if (field === 'name') return pattern(wanted).test(record.name);
    return (record[field] ?? (field === 'status' ? 'ok' : undefined)) === wanted;
  });
}

/** Is what it describes seen as a dot on its way, or at once? */
export const isSeenTravelling = (match) => Boolean(match.kind) && travels(match);

const pattern = (text) => new RegExp(`^${text.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`);
