// What is written above the drawing, and at which part of it.

import { ms, title } from '../state/plain.js';
import { nodeOf, queueOf } from '../state/travel.js';

// A fault's badge by what it does: slower, again, or not at all.
/** @type {Object<string, string>} */
const LOOKS = { latency: 'retry', slow: 'retry', paused: 'waiting', duplicate: 'retry', reorder: 'retry', ack_lost: 'retry' };
/** @type {Object<string, string>} */
const BREAKERS = { closed: 'closed', open: 'failed', 'half-open': 'waiting' };
/** @type {Object<string, string>} */
const ENDS = { done: 'done', duplicate: 'duplicate: ignored', failed: 'failed', retry: 'will retry', dead: 'dead letter', lost: 'lost' };
export const MOST_SLOTS_DRAWN = 20;

/** @typedef {{key: string, at: string, side: 'above'|'below', words: string, look: string, small?: boolean, slots?: {taken: number, of: number}}} Label @typedef {import('../state/types.js').Fault} Fault */

/** Faults, each at its service, at the broker, or at the receiver of its arrow. @param {Fault[]} faults @returns {Label[]} */
export const faultLabels = (faults) => faults.map((fault) => ({
  key: `fault ${fault.id}`, at: nodeOf(fault.target.split('->').at(-1)), side: 'above', words: faultWords(fault),
  look: fault.is_spent ? 'spent' : LOOKS[fault.kind] ?? 'failed', small: fault.is_spent,
}));

/** @param {Fault} fault */
function faultWords(fault) {
  const from = fault.target.includes('->') ? ` from ${title(fault.target.split('->')[0])}` : '';
  const what = fault.ms && ['latency', 'slow'].includes(fault.kind) ? `+${fault.ms} ms` : fault.kind.replaceAll('_', ' ');
  const whom = fault.is_spent ? '' : fault.limit === 1 ? ' next' : (fault.percentage ?? 100) < 100 ? ` ${fault.percentage} %` : '';
  return `${fault.is_spent ? 'spent: ' : ''}${what}${whom}${from}${fault.hits ? ` · ${fault.hits}` : ''}`;
}

/**
 * The circuit breaker of each callee, which all its callers share. One without a phase is closed.
 * @param {string[]} callees  nodes @param {Object<string, string>} breakers  phases by service @returns {Label[]}
 */
export function breakerLabels(callees, breakers) {
  const phases = new Map(Object.entries(breakers).map(([service, phase]) => [nodeOf(service), phase]));
  return callees.map((node) => {
    const phase = phases.get(node) ?? 'closed';
    return { key: `breaker ${node}`, at: node, side: 'above', words: `breaker ${phase}`, look: BREAKERS[phase], small: phase === 'closed' };
  });
}

/** Callers that wait. @param {Map<string, {n: number, ms: number}>} waits @returns {Label[]} */
export const waitLabels = (waits) => [...waits].map(([node, { n, ms: longest }]) => ({
  key: `waits ${node}`, at: node, side: 'below', words: n === 1 ? `waits ${seconds(longest)}` : `${n} wait, ${seconds(longest)}`, look: 'waiting',
}));

/** @param {number} value  ms */
const seconds = (value) => (value < 100 ? ms(value) : `${(value / 1000).toFixed(2)} s`);

/**
 * Replicas at work, out of how many, and how the last handling ended.
 * @param {Map<string, {n: number, end: string|null}>} works @param {Object<string, number>} replicas @returns {Label[]}
 */
export function workLabels(works, replicas) {
  const services = new Set([...works.keys(), ...Object.keys(replicas).filter((s) => replicas[s] > 1)]);
  return [...services].map((service) => {
    const { n, end } = works.get(service) ?? { n: 0, end: null };
    const of = replicas[service] ?? 1;
    const words = of > 1 ? `${Math.min(n, of)} of ${of} busy` : n ? 'working' : ENDS[end ?? ''];
    return { key: `works ${service}`, at: nodeOf(service), side: 'below', words, look: n ? 'working' : end ?? '' };
  });
}

/**
 * What a queue holds beside the messages that are ready.
 * @param {string} service @param {import('../state/types.js').Depth} [depth] @param {number} [lost] @returns {Label[]}
 */
export function queueLabels(service, depth, lost = 0) {
  /** @type {[string, number, string][]} */
  const parts = [['unacked', depth?.unacked ?? 0, 'working'], ['delayed', depth?.delayed ?? 0, 'retry'], ['dead', depth?.dead ?? 0, 'dead'], ['lost', lost, 'lost']];
  return parts.filter(([, n]) => n > 0).map(([words, n, look]) => ({
    key: `${words} ${service}`, at: queueOf(service), side: 'below', words: `${n} ${words}`, look, small: true,
  }));
}

/**
 * The gateway's request slots: each open request of a customer holds one, or waits for one.
 * @param {number|null} of  how many there are @param {number} open  requests @returns {Label[]}
 */
export function slotLabels(of, open) {
  if (!of) return [];
  const [taken, waiting] = [Math.min(of, open), Math.max(0, open - of)];
  return [{
    key: 'slots', at: 'gateway', side: 'above', look: waiting ? 'failed' : '', small: true,
    words: `${taken} of ${of} slots${waiting ? `, ${waiting} wait` : ''}`, slots: of <= MOST_SLOTS_DRAWN ? { taken, of } : undefined,
  }];
}
