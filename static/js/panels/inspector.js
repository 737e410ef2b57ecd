// Press anything in the pictures or the log: what it is, in facts, and what may be changed.

import { throttled } from '../dom.js';
import { edgeFacts } from './inspector/edge.js';
import { nodeFacts } from './inspector/node.js';
import { passportOf } from './inspector/passport.js';

const PAUSE_MS = 300;

/** @param {{does: object, flip: Function, traces: import('../live/traces.js').Traces, follow: Function}} parts */
export function inspector(sheet, store, { does, flip, traces, follow }) {
  const heading = sheet.querySelector('[data-inspector-title]');
  const place = sheet.querySelector('[data-inspector]');
  let shown = null;
  const isOpen = () => sheet.matches(':popover-open');
  store.addEventListener('design', () => { if (shown?.edge && isOpen()) refreshEdge(); });
  traces.addEventListener('loaded', ({ detail }) => {
    if (shown?.record?.trace === detail && isOpen()) show();
  });

  // A message that is still on its way gets more stamps; but nothing moves under a reader's hand.
  const isUntouched = () => !place.contains(document.activeElement) && !place.querySelector('[data-handler][open]');
  const refresh = throttled(PAUSE_MS, () => { if (shown?.record && isOpen() && isUntouched()) show(); });
  store.addEventListener('records', ({ detail }) => {
    if (shown?.record && detail.records.some((r) => r.trace && r.trace === shown.record.trace)) refresh();
  });

  /** @param {{record?: object, node?: object, edge?: object}} what */
  function open(what) {
    shown = what;
    show();
    if (!isOpen()) sheet.showPopover();
    sheet.scrollTop = 0;
  }

  function show() {
    const { record, node, edge } = shown;
    heading.textContent = record ? record.name : node ? node.title : edge.style === 'call' ? 'A call' : 'A text';
    place.replaceChildren(...(record ? passportOf(record, recordsOf(record), { open: openMessage, follow: followMessage })
      : node ? nodeFacts(node, store, does) : edgeFacts(edge, store, flip)));
  }

  const recordsOf = (record) => (record.trace ? traces.records(record.trace) : [record]);

  function openMessage(record) {
    open({ record });
    heading.focus();
  }

  /** Where the sheet lay, the picture must be seen. */
  function followMessage(record) {
    sheet.hidePopover();
    follow(record);
  }

  /** The arrow may have gone: show the same connections as they are now. */
  function refreshEdge() {
    const first = store.connection(shown.edge.connections[0]);
    if (!first) return;
    shown.edge = { ...shown.edge, style: first.style };
    show();
    place.querySelector('[data-flip]')?.focus();
  }

  return { open };
}
