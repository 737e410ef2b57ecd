// Press anything in the picture or the log: what it is, in facts, and what may be changed.

import { copy, element } from '../dom.js';
import { ms, route, sentence, title } from '../state/plain.js';
import { other } from './list.js';

const NEWEST = 6;

export function inspector(sheet, store, { does, flip, follow }) {
  const heading = sheet.querySelector('[data-inspector-title]');
  const place = sheet.querySelector('[data-inspector]');
  let shown = null;
  store.addEventListener('design', () => { if (shown?.edge && sheet.matches(':popover-open')) refreshEdge(); });

  function open(what) {
    shown = what;
    if (what.record) showRecord(what.record);
    else if (what.node) showNode(what.node);
    else showEdge(what.edge);
    if (!sheet.matches(':popover-open')) sheet.showPopover();
    sheet.scrollTop = 0;
  }

  function showRecord(record) {
    heading.textContent = record.name;
    const letter = envelopeOf(record);
    const json = element('pre', { tabindex: 0, role: 'region', 'aria-label': letter ? 'CloudEvent' : 'Record' }, JSON.stringify(letter ?? record, null, 2));
    const button = element('button', { type: 'button', class: 'small' }, 'Copy JSON');
    button.addEventListener('click', () => copy(json.textContent, button));
    const track = element('button', { type: 'button', class: 'small', 'data-follow-it': true }, 'Follow it in the picture');
    track.addEventListener('click', () => { sheet.hidePopover(); follow(record); });
    const stamps = store.state.log.filter((r) => record.message && r.message === record.message);
    place.replaceChildren(
      element('p', { class: 'says' }, sentence(record)), facts(record), record.message ? track : '',
      element('h3', {}, 'Its way so far'), element('ol', { class: 'stamps' }, ...stamps.map((r) => stamp(r, stamps[0]))),
      element('h3', {}, letter ? 'The envelope (CloudEvent)' : 'The record'), json, button);
  }

  function envelopeOf(record) {
    const published = store.state.log.find((r) => r.kind === 'publish' && r.message === record.message);
    return published?.data?.event;
  }

  function showNode(node) {
    heading.textContent = node.title;
    const service = node.service;
    const depth = node.kind === 'queue' ? store.state.queues[service] : null;
    const faults = store.faults.filter((f) => f.target === service);
    const about = store.state.log.filter((r) => r.source === (service || 'broker') || r.target === (service || 'broker')).slice(-NEWEST).reverse();
    place.replaceChildren(
      element('p', { class: 'says' }, node.kind === 'broker' ? 'Keeps every message for every subscriber until it is acknowledged.' : node.kind === 'queue' ? `What waits for ${title(service)}.` : does[service] ?? ''),
      depth ? factList({ waiting: depth.ready, 'in work': depth.unacked, 'to be tried again': depth.delayed, 'given up': depth.dead }) : '',
      ...faults.map((f) => element('p', { class: 'trouble' }, `${f.says} ${f.hits} hit.`)),
      element('h3', {}, 'Last seen here'), news(about));
  }

  function showEdge(edge) {
    heading.textContent = edge.style === 'call' ? 'A call' : 'A text';
    const connections = edge.connections.map((id) => store.connection(id)).filter(Boolean);
    place.replaceChildren(
      element('p', { class: 'says' }, edge.style === 'call' ? 'The caller waits until the answer is there, or an error, or its time-out.' : 'The sender goes on at once. The broker keeps the message until the receiver has acknowledged it.'),
      ...connections.map((c) => element('div', { class: 'connection' },
        element('p', {}, c.says), element('p', { class: 'hint' }, `Carries ${c.carries.join(', ')}.`),
        edge.flippable.includes(c.id) ? flipButton(c) : element('p', { class: 'hint' }, c.flippable ? 'To flip it, press the arrow into the receiver.' : 'This one stays as it is.'))));
  }

  /** The arrow may have gone: show the same connections as they are now. */
  function refreshEdge() {
    const first = store.connection(shown.edge.connections[0]);
    if (!first) return;
    shown.edge = { ...shown.edge, style: first.style };
    showEdge(shown.edge);
    place.querySelector('[data-flip]')?.focus();
  }

  function flipButton(connection) {
    const button = element('button', { type: 'button', class: 'primary', 'data-flip': connection.id }, `Make it a ${other(connection)}`);
    button.addEventListener('click', async () => {
      button.disabled = true;
      const problem = await flip(connection.id);
      button.disabled = false;
      if (problem) button.after(element('p', { class: 'trouble', role: 'alert' }, problem));
    });
    return button;
  }

  return { open };
}

function facts(record) {
  return factList({
    route: route(record), kind: record.kind.replace('_', ' '), style: record.style, status: record.code ? `${record.code} ${record.status}` : record.status,
    attempt: record.attempt, waited: span(record.wait_ms), worked: span(record.work_ms), took: span(record.duration_ms),
    fault: record.fault?.kind, at: `${new Date(record.at * 1000).toLocaleTimeString('en-GB')}.${String(Math.floor((record.at % 1) * 1000)).padStart(3, '0')}`,
    message: record.message, run: record.run, trace: record.trace,
  });
}

function factList(values) {
  const known = Object.entries(values).filter(([, value]) => value !== undefined && value !== '' && value !== null);
  return element('dl', { class: 'facts' }, ...known.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]));
}

const span = (value) => (value === undefined ? undefined : ms(value));
const stamp = (record, first) => element('li', {}, element('time', {}, `+${Math.round((record.at - first.at) * 1000)} ms`), sentence(record));
const news = (records) => (records.length ? element('ol', { class: 'stamps' }, ...records.map((r) => element('li', {}, sentence(r)))) : element('p', { class: 'empty' }, 'Nothing yet.'));
