// Streams that the running company has written: what tests of pure views are fed with.

import { readFileSync } from 'node:fs';

/** @returns {import('../../static/js/state/records.js').Rec[]} */
export const recorded = (name) => JSON.parse(readFileSync(new URL(`recorded/${name}.json`, import.meta.url)));
