// A service, a queue or the broker: what it does, what is broken there, what was last seen.

import { element } from '../../dom.js';
import { sentence, title } from '../../state/plain.js';
import { factList } from './facts.js';

const NEWEST = 6;

export function nodeFacts(node, store, does) {
  const { service } = node;
  const depth = node.kind === 'queue' ? store.state.queues[service] : null;
  const here = service || 'broker';
  const about = store.state.log.filter((r) => r.source === here || r.target === here).slice(-NEWEST).reverse();
  return [
    element('p', { class: 'says' }, says(node, does)),
    depth ? factList({ waiting: depth.ready, 'in work': depth.unacked, 'to be tried again': depth.delayed, 'given up': depth.dead }) : '',
    ...store.shownFaults.filter((f) => f.target === service).map((f) => element('p', { class: 'problem' }, `${f.says}${f.hits === undefined ? '' : ` ${f.hits} hit.`}`)),
    element('h3', {}, 'Last seen here'), news(about),
  ];
}

function says({ kind, service }, does) {
  if (kind === 'broker') return 'Keeps every message for every subscriber until it is acknowledged.';
  return kind === 'queue' ? `What waits for ${title(service)}.` : does[service] ?? '';
}

const news = (records) => (records.length ? element('ol', { class: 'stamps' }, ...records.map((r) => element('li', {}, sentence(r)))) : element('p', { class: 'empty' }, 'Nothing yet.'));
