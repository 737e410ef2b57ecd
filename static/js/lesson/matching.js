// Does a record fit a description? Pure. lessons/matching.py has the same rule;
// tests/js/matching_cases.json is tested on both.

import { travels } from '../state/travel.js';

/** @typedef {{kind?: string, name?: string, fault?: string, [field: string]: unknown}} Match  a field that it leaves out may have any value */

/**
 * @param {Match} match @param {Partial<import('../state/types.js').Rec>} record
 */
export function fits(match, record) {
  return Object.entries(match).every(([field, wanted]) => {
    if (field === 'fault') return record.fault?.kind === wanted;
    if (field === 'name') return pattern(String(wanted)).test(record.name ?? '');
    const value = /** @type {Object<string, unknown>} */ (record)[field];
    return (value ?? (field === 'status' ? 'ok' : undefined)) === wanted;
  });
}

/** Is such a record seen as a dot? @param {Match} match */
export const isSeenAsDot = (match) => Boolean(match.kind) && travels(match);

/** @param {string} text  * stands for anything */
const pattern = (text) => new RegExp(`^${text.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`);
