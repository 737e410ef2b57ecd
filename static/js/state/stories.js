// The stories in the log: what customers asked for, each with all that it has caused. Pure.

import { isPoll } from './records.js';

const MOST_REQUESTS_OF_A_RUN = 40; // drawn together; of a bigger run only single requests

/**
 * @typedef {Object} Story
 * @property {string} id       a trace's id, or "run <id>" for all requests of a run
 * @property {string} name @property {number} at @property {number} last  unix seconds
 * @property {number} [code] @property {string} status  ok | waits | error | timeout | …
 * @property {number} [answer_ms] @property {number} requests
 */

/** @param {import('./records.js').Rec[]} log oldest first @returns {Story[]} newest first */
export function storiesOf(log) {
  const traces = new Map();
  const runs = new Map();
  for (const r of log) {
    if (!r.trace) continue;
    const known = traces.get(r.trace);
    if (known) tell(known, r);
    else if (r.kind === 'request' && r.source === 'customer' && !isPoll(r)) {
      const story = { id: r.trace, run: r.run, name: r.name, at: r.at, last: r.at, status: 'waits', requests: 1 };
      traces.set(r.trace, story);
      runs.set(r.run, [...(runs.get(r.run) ?? []), story]);
    }
  }
  const single = [...traces.values()];
  const whole = [...runs].filter(([, of]) => of.length > 1 && of.length <= MOST_REQUESTS_OF_A_RUN).map(([run, of]) => together(run, of));
  return [...single, ...whole].sort((a, b) => b.at - a.at || b.requests - a.requests);
}

function tell(story, r) {
  story.last = Math.max(story.last, r.at);
  if (r.kind !== 'response' || r.target !== 'customer') return;
  Object.assign(story, { code: r.code, status: r.status, answer_ms: r.duration_ms });
}

const together = (run, of) => ({
  id: `run ${run}`, run, name: of[0].name, at: of[0].at, last: Math.max(...of.map((one) => one.last)),
  status: of.every((one) => one.status === 'ok') ? 'ok' : 'mixed', requests: of.length,
});

/** Does the record belong to the story? */
export const isOf = (id, record) => (id.startsWith('run ') ? record.run === id.slice(4) : record.trace === id);

/** Is the story's beginning among these records? */
export const isWhole = (records) => records.some((r) => r.kind === 'request' && r.source === 'customer');
