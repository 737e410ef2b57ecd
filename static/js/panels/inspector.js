// Press anything in the pictures or the log: what it is, in facts, and what may be changed.

import { detailOf, one, throttled } from '../dom.js';
import { connectionOf } from '../state/connections.js';
import { edgeFacts } from './inspector/edge.js';
import { nodeFacts } from './inspector/node.js';
import { passportOf } from './inspector/passport.js';

const PAUSE_MS = 300;

/**
 * @typedef {import('../state/types.js').Rec} Rec
 * @typedef {{record?: Rec, node?: import('../state/types.js').TopologyNode, edge?: import('../state/types.js').TopologyEdge}} Opened  one of them
 * @typedef {(id: string) => Promise<string>} Flip  what went wrong, or ""
 */

/**
 * @param {HTMLElement} sheet @param {import('../state/store.js').Store} store
 * @param {{does: Object<string, string>, flip: Flip, traces: import('../live/traces.js').Traces, follow: (record: Rec) => void}} parts
 */
export function inspector(sheet, store, { does, flip, traces, follow }) {
  const heading = one(sheet, '[data-inspector-title]');
  const place = one(sheet, '[data-inspector]');
  /** @type {Opened} */
  let shown = {};
  const isOpen = () => sheet.matches(':popover-open');
  store.addEventListener('design', () => { if (shown.edge && isOpen()) refreshEdge(shown.edge); });
  traces.addEventListener('loaded', (event) => {
    if (shown.record?.trace === detailOf(event) && isOpen()) show();
  });

  // A message on its way gets more stamps; but a part that is being used is not redrawn.
  const isUntouched = () => !place.contains(document.activeElement) && !place.querySelector('[data-handler][open]');
  const refresh = throttled(PAUSE_MS, () => { if (shown.record && isOpen() && isUntouched()) show(); });
  store.addEventListener('records', (event) => {
    const trace = shown.record?.trace;
    if (trace && detailOf(event).records.some((/** @type {Rec} */ r) => r.trace === trace)) refresh();
  });

  /** @param {Opened} what */
  function open(what) {
    shown = what;
    show();
    if (!isOpen()) sheet.showPopover();
    sheet.scrollTop = 0;
  }

  function show() {
    const { record, node, edge } = shown;
    heading.textContent = record?.name ?? node?.title ?? (edge?.style === 'call' ? 'A call' : 'A text');
    if (record) place.replaceChildren(...passportOf(record, recordsOf(record), { open: openMessage, follow: followMessage }));
    else if (node) place.replaceChildren(...nodeFacts(node, store, does));
    else if (edge) place.replaceChildren(...edgeFacts(edge, store, flip));
  }

  /** @param {Rec} record */
  const recordsOf = (record) => (record.trace ? traces.records(record.trace) : [record]);

  /** @param {Rec} record */
  function openMessage(record) {
    open({ record });
    heading.focus();
  }

  /** The sheet would hide the picture. @param {Rec} record */
  function followMessage(record) {
    sheet.hidePopover();
    follow(record);
  }

  /** After a flip the arrow may be gone: show its connections as they are now. @param {NonNullable<Opened['edge']>} edge */
  function refreshEdge(edge) {
    const first = connectionOf(store.newest, edge.connections[0]);
    if (!first) return;
    shown.edge = { ...edge, style: first.style };
    show();
    /** @type {HTMLElement|null} */ (place.querySelector('[data-flip]'))?.focus();
  }

  return { open };
}
