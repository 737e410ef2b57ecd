// A lesson's picture: what it does not need is one box, and no message loses its arrow.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OTHERS, fold } from '../../static/js/picture/fold.js';

const edge = (from, to, style) => ({ id: `${from}__${to}`, from, to, style, connections: [], flippable: ['x'] });
const FRAME = {
  source: [
    'flowchart LR', '  customer(["Customer"])', '  gateway["Gateway"]', '  users["Users"]', '  orders["Orders"]', '  crm["CRM"]',
    '  broker[("Broker")]', '  q_crm@{ shape: das, label: "0 ready" }', '  customer customer__gateway@--> gateway',
    '  gateway gateway__users@--> users', '  gateway gateway__orders@--> orders', '  users users__broker@-.-> broker',
    '  orders orders__broker@-.-> broker', '  broker broker__q_crm@-.-> q_crm', '  q_crm q_crm__crm@-.-> crm', '',
  ].join('\n'),
  source_tb: 'flowchart TB\n  customer(["Customer"])\n  crm ~~~ q_crm\n',
  nodes: [['customer', 'actor'], ['gateway', 'service'], ['users', 'service'], ['orders', 'service'], ['crm', 'service'], ['broker', 'broker'], ['q_crm', 'queue']]
    .map(([id, kind]) => ({ id, title: id, kind, service: id.replace('q_', '') })),
  edges: [
    edge('customer', 'gateway', 'call'), edge('gateway', 'users', 'call'), edge('gateway', 'orders', 'call'), edge('users', 'broker', 'text'),
    edge('orders', 'broker', 'text'), edge('broker', 'q_crm', 'text'), edge('q_crm', 'crm', 'text'),
  ],
};

test('without a choice everything is drawn', () => {
  assert.equal(fold(FRAME, null).frame, FRAME);
  assert.equal(fold(FRAME, ['gateway', 'users', 'orders', 'crm']).frame, FRAME);
});

test('the services that a lesson does not need are one box', () => {
  const { frame } = fold(FRAME, ['gateway', 'users']);
  assert.deepEqual(frame.source.split('\n'), [
    'flowchart LR', '  customer(["Customer"])', '  gateway["Gateway"]', '  users["Users"]', '  broker[("Broker")]',
    '  customer customer__gateway@--> gateway', '  gateway gateway__users@--> users', '  users users__broker@-.-> broker',
    '  others["2 more services"]', '  gateway gateway__others@--> others', '  broker broker__others@-.-> others', '',
  ]);
  assert.ok(!frame.source_tb.includes('~~~'));
  assert.deepEqual(frame.nodes.at(-1), { id: OTHERS, title: '2 more services', kind: 'service', service: '' });
});

test('every arrow of the whole picture is there, is stood for by another, or is within the box', () => {
  const { frame, aliases, hidden } = fold(FRAME, ['gateway', 'users']);
  const drawn = new Set(frame.edges.map(({ id }) => id));
  for (const { id } of FRAME.edges) assert.ok(drawn.has(id) || drawn.has(aliases.get(id)) || hidden.has(id), id);
  assert.deepEqual([...aliases], [['gateway__orders', 'gateway__others'], ['broker__q_crm', 'broker__others']]);
  assert.deepEqual([...hidden], ['orders__broker', 'q_crm__crm']);
  assert.deepEqual(frame.edges.find(({ id }) => id === 'gateway__others').flippable, []);
});
