// Where the time of a run went: for its customer, and at each service that was texted. Pure.

import { isCustomersAnswer, isPoll } from './travel.js';

/**
 * @typedef {import('./types.js').Rec} Rec
 * @typedef {{name: string, ms: number}} Part  `name`: a service; "" is the first service's own work
 * @typedef {{parts: Part[], ms: number, times: number}} Waited  by the customer, for the answer
 * @typedef {{service: string, waited_ms: number, worked_ms: number, times: number}} Texted  medians
 */

/** Of the run of the newest request. @param {Rec[]} log @returns {{run: string, waited: Waited|null, texted: Texted[]}} */
export function timeSpent(log) {
  const newest = log.findLast((r) => r.kind === 'request' && r.source === 'customer' && !isPoll(r));
  const records = newest ? log.filter((r) => r.run === newest.run) : [];
  return { run: newest?.run ?? '', waited: waitedIn(records), texted: textedIn(records) };
}

/** Of several customers, the one in the middle. @param {Rec[]} records @returns {Waited|null} */
function waitedIn(records) {
  const answers = records.filter((r) => isCustomersAnswer(r) && !isPoll(r) && r.duration_ms !== undefined)
    .sort((a, b) => (a.duration_ms ?? 0) - (b.duration_ms ?? 0));
  const answer = answers[Math.floor((answers.length - 1) / 2)];
  if (!answer) return null;
  const ms = answer.duration_ms ?? 0;
  const parts = records
    .filter((r) => r.kind === 'response' && r.trace === answer.trace && r.parent === answer.span && r.target === answer.source)
    .map((r) => ({ name: r.source ?? '', ms: r.duration_ms ?? 0 }));
  const own = ms - parts.reduce((sum, part) => sum + part.ms, 0);
  return { parts: [{ name: '', ms: Math.max(0, own) }, ...parts], ms, times: answers.length };
}

/** In the order in which they were first delivered to. @param {Rec[]} records @returns {Texted[]} */
function textedIn(records) {
  const services = [...new Set(records.filter((r) => r.kind === 'deliver').map((r) => r.target ?? ''))];
  return services.map((service) => {
    const here = records.filter((r) => r.target === service);
    const waits = here.flatMap((r) => (r.kind === 'deliver' && r.wait_ms !== undefined ? [r.wait_ms] : []));
    const works = here.flatMap((r) => (r.kind === 'process' && r.work_ms !== undefined ? [r.work_ms] : []));
    return { service, waited_ms: median(waits), worked_ms: median(works), times: waits.length };
  });
}

/** @param {number[]} values */
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? 0;
