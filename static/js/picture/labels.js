// What is written above the drawing, and at which part of it. Where exactly, the picture knows.

import { ms, title } from '../state/plain.js';
import { nodeOf, queueOf } from '../state/travel.js';

// A fault's badge by what it does: slower, again, or not at all.
const LOOKS = { latency: 'retry', slow: 'retry', paused: 'waiting', duplicate: 'retry', reorder: 'retry', ack_lost: 'retry' };
const BREAKERS = { closed: 'closed', open: 'failed', 'half-open': 'waiting' };
const ENDS = { done: 'done', duplicate: 'duplicate: ignored', failed: 'failed', retry: 'will retry', dead: 'dead letter', lost: 'lost' };
export const MOST_SLOTS_DRAWN = 20;

/** @typedef {{key: string, at: string, side: 'above'|'below', words: string, look: string, small?: boolean, slots?: object}} Label */

/** Faults, each at its service, at the broker, or at the receiver of its arrow. @returns {Label[]} */
export const faultLabels = (faults) => faults.map((fault) => ({
  key: `fault ${fault.id}`, at: nodeOf(fault.target.split('->').at(-1)), side: 'above', words: faultWords(fault),
  look: fault.is_spent ? 'spent' : LOOKS[fault.kind] ?? 'failed', small: fault.is_spent,
}));

function faultWords(fault) {
  const from = fault.target.includes('->') ? ` from ${title(fault.target.split('->')[0])}` : '';
  const what = fault.ms && ['latency', 'slow'].includes(fault.kind) ? `+${fault.ms} ms` : fault.kind.replaceAll('_', ' ');
  const whom = fault.is_spent ? '' : fault.limit === 1 ? ' next' : fault.percentage < 100 ? ` ${fault.percentage} %` : '';
  return `${fault.is_spent ? 'spent: ' : ''}${what}${whom}${from}${fault.hits ? ` · ${fault.hits}` : ''}`;
}

/**
 * The circuit breaker of each callee: all its callers share it. One that has nothing to remember is closed.
 * @param {string[]} callees  nodes @param {Object<string, string>} breakers  phases by service @returns {Label[]}
 */
export function breakerLabels(callees, breakers) {
  const phases = new Map(Object.entries(breakers).map(([service, phase]) => [nodeOf(service), phase]));
  return callees.map((node) => {
    const phase = phases.get(node) ?? 'closed';
    return { key: `breaker ${node}`, at: node, side: 'above', words: `breaker ${phase}`, look: BREAKERS[phase], small: phase === 'closed' };
  });
}

/** Callers on hold. @param {Map<string, {n: number, ms: number}>} waits @returns {Label[]} */
export const waitLabels = (waits) => [...waits].map(([node, { n, ms: longest }]) => ({
  key: `waits ${node}`, at: node, side: 'below', words: n === 1 ? `waits ${seconds(longest)}` : `${n} wait, ${seconds(longest)}`, look: 'waiting',
}));

const seconds = (value) => (value < 100 ? ms(value) : `${(value / 1000).toFixed(2)} s`);

/** Replicas at work, out of how many, and what the last handling came to. @returns {Label[]} */
export function workLabels(works, replicas) {
  const services = new Set([...works.keys(), ...Object.keys(replicas).filter((s) => replicas[s] > 1)]);
  return [...services].map((service) => {
    const { n, end } = works.get(service) ?? { n: 0, end: null };
    const of = replicas[service] ?? 1;
    const words = of > 1 ? `${Math.min(n, of)} of ${of} busy` : n ? 'working' : ENDS[end];
    return { key: `works ${service}`, at: nodeOf(service), side: 'below', words, look: n ? 'working' : end ?? '' };
  });
}

/** What a queue holds beside what is ready to be taken. @returns {Label[]} */
export function queueLabels(service, depth, lost) {
  const parts = [['unacked', depth?.unacked, 'working'], ['delayed', depth?.delayed, 'retry'], ['dead', depth?.dead, 'dead'], ['lost', lost, 'lost']];
  return parts.filter(([, n]) => n > 0).map(([words, n, look]) => ({
    key: `${words} ${service}`, at: queueOf(service), side: 'below', words: `${n} ${words}`, look, small: true,
  }));
}

/** The gateway's request slots: each open request of a customer holds one, or waits for one. @returns {Label[]} */
export function slotLabels(of, open) {
  if (!of) return [];
  const [taken, waiting] = [Math.min(of, open), Math.max(0, open - of)];
  return [{
    key: 'slots', at: 'gateway', side: 'above', look: waiting ? 'failed' : '', small: true,
    words: `${taken} of ${of} slots${waiting ? `, ${waiting} wait` : ''}`, slots: of <= MOST_SLOTS_DRAWN ? { taken, of } : undefined,
  }];
}
