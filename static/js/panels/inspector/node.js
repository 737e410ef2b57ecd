// A service, a queue or the broker: what it does, its faults, its last records.

import { element } from '../../dom.js';
import { sentence, title } from '../../state/plain.js';
import { factList } from './facts.js';

const NEWEST = 6;

/** @typedef {import('../../state/types.js').TopologyNode} Node @typedef {import('../../state/types.js').Rec} Rec */

/** @param {Node} node @param {import('../../state/store.js').Store} store @param {Object<string, string>} does */
export function nodeFacts(node, store, does) {
  const { service } = node;
  const depth = node.kind === 'queue' ? store.state.queues[service] : null;
  const here = service || 'broker';
  const about = store.state.log.filter((r) => r.source === here || r.target === here).slice(-NEWEST).reverse();
  return [
    element('p', { class: 'says' }, says(node, does)),
    depth ? factList({ waiting: depth.ready, 'in work': depth.unacked, 'to be tried again': depth.delayed, 'dead letters': depth.dead }) : '',
    ...[...store.state.faults.values()].filter((f) => f.target === service).map((f) => element('p', { class: 'problem' }, `${f.says} ${f.hits} hit.`)),
    element('h3', {}, 'Last records here'), newest(about),
  ];
}

/** @param {Node} node @param {Object<string, string>} does */
function says({ kind, service }, does) {
  if (kind === 'broker') return 'Keeps every message for every subscriber until it is acknowledged.';
  return kind === 'queue' ? `The messages that wait for ${title(service)}.` : does[service] ?? '';
}

/** @param {Rec[]} records */
const newest = (records) => (records.length ? element('ol', { class: 'stamps' }, ...records.map((r) => element('li', {}, sentence(r)))) : element('p', { class: 'empty' }, 'Nothing yet.'));
