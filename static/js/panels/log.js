// The event log: every record, newest first, each opening to what it holds.

import { element, mark, throttled } from '../dom.js';
import { note, route } from '../state/plain.js';
import { lookOf } from '../state/travel.js';

const ROWS = 120;
const PAUSE_MS = 120;

export function log(root, store, inspect) {
  const list = root.querySelector('[data-log]');
  const nothing = root.querySelector('[data-log-empty]');
  const more = root.querySelector('[data-log-more]');
  const began = new Map(); // run -> when it began
  let shown = '';

  const render = throttled(PAUSE_MS, () => {
    const records = store.state.log;
    if (!records.length || !records.some((r) => r.id === shown)) list.replaceChildren();
    const from = records.findLastIndex((r) => r.id === shown) + 1;
    const fresh = records.slice(Math.max(from, records.length - ROWS));
    list.prepend(...fresh.map((r) => row(r, since(r), inspect)).reverse());
    while (list.children.length > ROWS) list.lastChild.remove();
    shown = records.at(-1)?.id ?? '';
    nothing.hidden = records.length > 0;
    const older = records.length + store.state.dropped - list.children.length;
    more.hidden = older <= 0;
    more.textContent = `The newest ${list.children.length}; ${older} older ones are in the flow log, GET /api/playground/records.`;
  });
  store.addEventListener('records', ({ detail }) => {
    for (const r of detail.records) if (r.run && !began.has(r.run)) began.set(r.run, r.at);
    render();
  });

  function since(record) {
    return record.run ? (record.at - began.get(record.run)).toFixed(2) : '';
  }
}

function row(record, since, inspect) {
  const time = element('time', {}, since);
  if (record.kind === 'response' && record.target === 'customer' && record.status === 'ok') {
    return item(record, inspect, 'answer', element('summary', { class: 'mark' }, time, element('span', {}, 'Customer has the answer'), element('span', { class: 'note' }, note(record))));
  }
  return item(record, inspect, lookOf(record), element('summary', {},
    time, mark(lookOf(record)), element('b', {}, record.name),
    element('span', { class: 'route' }, route(record)), element('span', { class: 'note' }, note(record))));
}

function item(record, inspect, look, summary) {
  const details = element('details', { 'data-record': record.id, 'data-kind': record.kind, class: look }, summary);
  details.addEventListener('toggle', () => {
    if (!details.open || details.childElementCount > 1) return;
    const button = element('button', { type: 'button', class: 'small' }, 'All about this message');
    button.addEventListener('click', () => inspect({ record }));
    details.append(element('pre', { tabindex: 0 }, JSON.stringify(record, null, 1)), record.message ? button : '');
  });
  return element('li', {}, details);
}
