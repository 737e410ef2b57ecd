// The stories in the log: each request of a customer with everything that it caused. Pure.

import { isPoll } from './travel.js';

const MOST_REQUESTS_OF_A_RUN = 40; // drawn together; of a bigger run only single requests

/**
 * @typedef {import('./types.js').Rec} Rec
 *
 * @typedef {Object} Story
 * @property {string} id       a trace's id, or "run <id>" for all requests of a run
 * @property {string} name @property {number} at @property {number} last  unix seconds
 * @property {number} [code] @property {string} status  ok | waits | error | timeout | …
 * @property {number} [answer_ms] @property {number} requests @property {string} [run]
 */

/** @param {Rec[]} log oldest first @returns {Story[]} newest first */
export function storiesOf(log) {
  /** @type {Map<string, Story>} */
  const traces = new Map();
  /** @type {Map<string, Story[]>} */
  const runs = new Map();
  for (const r of log) {
    if (!r.trace) continue;
    const known = traces.get(r.trace);
    if (known) extend(known, r);
    else if (r.kind === 'request' && r.source === 'customer' && !isPoll(r)) {
      const { run = '' } = r;
      const story = { id: r.trace, run, name: r.name, at: r.at, last: r.at, status: 'waits', requests: 1 };
      traces.set(r.trace, story);
      runs.set(run, [...(runs.get(run) ?? []), story]);
    }
  }
  const single = [...traces.values()];
  const whole = [...runs].filter(([, of]) => of.length > 1 && of.length <= MOST_REQUESTS_OF_A_RUN).map(([run, of]) => together(run, of));
  return [...single, ...whole].sort((a, b) => b.at - a.at || b.requests - a.requests);
}

/** @param {Story} story  changed here @param {Rec} r */
function extend(story, r) {
  story.last = Math.max(story.last, r.at);
  if (r.kind !== 'response' || r.target !== 'customer') return;
  Object.assign(story, { code: r.code, status: r.status, answer_ms: r.duration_ms });
}

/** @param {string} run @param {Story[]} of @returns {Story} */
const together = (run, of) => ({
  id: `run ${run}`, run, name: of[0].name, at: of[0].at, last: Math.max(...of.map((one) => one.last)),
  status: of.every((one) => one.status === 'ok') ? 'ok' : 'mixed', requests: of.length,
});

/** Does the record belong to the story? @param {string} id @param {Rec} record */
export const isOf = (id, record) => (id.startsWith('run ') ? record.run === id.slice(4) : record.trace === id);

/** Is the beginning of the story among these records? @param {Rec[]} records */
export const isWhole = (records) => records.some((r) => r.kind === 'request' && r.source === 'customer');
