// The event log: every record that is shown, newest first, to be searched, filtered and exported.

import { all, element, one } from '../../dom.js';
import { paced } from '../../frames.js';
import { older } from '../../live/older.js';
import { matcher, toQuery } from '../../state/search.js';
import { Filters } from './filters.js';
import { jsonRow, plainRow } from './rows.js';
import { RowWindow } from './window.js';

const PAUSE_MS = 200;
const MOST_RUNS = 5000; // whose beginning is remembered: the log holds no more

/** @typedef {import('../../state/types.js').Rec} Rec */

/** @param {HTMLElement} root @param {import('../../state/store.js').Store} store @param {(what: {record: Rec}) => void} open  shows a record */
export function log(root, store, open) {
  const find = (/** @type {string} */ selector) => one(root, selector);
  const [nothing, count, fresh] = [find('[data-log-empty]'), find('[data-log-count]'), find('[data-log-new]')];
  /** @type {Map<string, number>} */
  const began = new Map(); // when a run began
  let isJson = false;
  /** @type {string|null} */
  let shownTo = null; // the newest record in the list; null: follow the newest
  const list = new RowWindow(find('[data-log]'), {
    row: (record) => (isJson ? jsonRow : plainRow)(record, since(record)),
    open: (record) => open({ record }),
  });
  const filters = new Filters(root, () => store.state.log);

  const render = paced(PAUSE_MS, () => {
    const records = store.state.log;
    const wanted = filters.all;
    for (const r of records) if (r.run && !began.has(r.run)) began.set(r.run, r.at);
    for (const run of began.keys()) {
      if (began.size <= MOST_RUNS) break;
      began.delete(run);
    }
    const found = wanted.length ? records.filter(matcher(wanted, records)) : records;
    const kept = list.isAtTop || shownTo === null ? -1 : found.findLastIndex((r) => r.id === shownTo);
    const shown = kept < 0 ? found : found.slice(0, kept + 1);
    shownTo = shown.at(-1)?.id ?? null;
    list.show(shown.toReversed());
    showFresh(found.length - shown.length);
    showCount(found.length, records.length, wanted);
  });

  /** @param {number} waiting */
  function showFresh(waiting) {
    fresh.hidden = waiting === 0;
    fresh.textContent = `${waiting} new`;
  }

  /** @param {number} found @param {number} total @param {unknown[]} wanted */
  function showCount(found, total, wanted) {
    count.textContent = wanted.length ? `${found} of ${total}` : total ? `${total}` : '';
    nothing.hidden = found > 0;
    if (found) return;
    nothing.replaceChildren(...(wanted.length && total ? [`None of ${total} records matches. `, clearButton()] : ['Nothing has happened yet.']));
  }

  function clearButton() {
    const button = element('button', { type: 'button', class: 'small' }, 'Show all again');
    button.addEventListener('click', () => filters.clear());
    return button;
  }

  /** Seconds since its run began. @param {Rec} record */
  function since({ run = '', at }) {
    const start = began.get(run);
    return start === undefined ? '' : (at - start).toFixed(2);
  }

  function fromTop() {
    shownTo = null;
    list.toTop();
    render();
  }

  filters.addEventListener('change', () => {
    const query = toQuery(filters.all);
    if (query) older(store);
    for (const link of /** @type {HTMLAnchorElement[]} */ (all(root, '[data-export]'))) {
      link.href = `/api/playground/records.${link.dataset.export}${query ? `?q=${encodeURIComponent(query)}` : ''}`;
    }
    fromTop();
  });
  fresh.addEventListener('click', () => {
    fromTop();
    find('[data-log]').focus();
  });
  const forms = all(root, '[data-log-form]');
  for (const button of forms) {
    button.addEventListener('click', () => {
      isJson = button.dataset.logForm === 'json';
      for (const other of forms) other.setAttribute('aria-pressed', String(other === button));
      list.redraw();
      render();
    });
  }
  for (const type of ['records', 'seek', 'time']) store.addEventListener(type, render);
  render();

  return {
    /** Search for these, and go to the log. @param {import('../../state/search.js').Filter[]} wanted */
    find(wanted) {
      filters.set(wanted);
      find('[data-log-search]').focus({ preventScroll: true });
      find('.log').scrollIntoView({ block: 'nearest' });
    },
  };
}
