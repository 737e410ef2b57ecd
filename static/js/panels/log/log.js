// The event log: every record that is shown, newest first, searched, filtered and taken along.

import { element } from '../../dom.js';
import { paced } from '../../frames.js';
import { older } from '../../live/older.js';
import { matcher, toQuery } from '../../state/search.js';
import { Filters } from './filters.js';
import { jsonRow, plainRow } from './rows.js';
import { RowWindow } from './window.js';

const PAUSE_MS = 200;
const MOST_RUNS = 5000; // whose beginning is remembered: the log holds no more

/** @param {(what: {record: any}) => void} open  shows all about a record */
export function log(root, store, open) {
  const find = (selector) => root.querySelector(selector);
  const [nothing, count, fresh] = [find('[data-log-empty]'), find('[data-log-count]'), find('[data-log-new]')];
  const began = new Map(); // run -> when it began
  let isJson = false;
  let shownTo = null; // the newest record in the list; null: whatever is newest
  const list = new RowWindow(find('[data-log]'), {
    row: (record) => (isJson ? jsonRow : plainRow)(record, since(record)),
    open: (record) => open({ record }),
  });
  const filters = new Filters(root, { records: () => store.state.log });

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
    tellFresh(found.length - shown.length);
    tellCount(found.length, records.length, wanted);
  });

  function tellFresh(waiting) {
    fresh.hidden = waiting === 0;
    fresh.textContent = `${waiting} new`;
  }

  function tellCount(found, all, wanted) {
    count.textContent = wanted.length ? `${found} of ${all}` : all ? `${all}` : '';
    nothing.hidden = found > 0;
    if (found) return;
    nothing.replaceChildren(...(wanted.length && all ? [`None of ${all} records is it. `, clearButton()] : ['Nothing has happened yet.']));
  }

  function clearButton() {
    const button = element('button', { type: 'button', class: 'small' }, 'Show all again');
    button.addEventListener('click', () => filters.clear());
    return button;
  }

  /** Seconds since what it belongs to began. */
  function since(record) {
    return began.has(record.run) ? (record.at - began.get(record.run)).toFixed(2) : '';
  }

  function fromTop() {
    shownTo = null;
    list.toTop();
    render();
  }

  filters.addEventListener('change', () => {
    const query = toQuery(filters.all);
    if (query) older(store);
    for (const link of root.querySelectorAll('[data-export]')) {
      link.href = `/api/playground/records.${link.dataset.export}${query ? `?q=${encodeURIComponent(query)}` : ''}`;
    }
    fromTop();
  });
  fresh.addEventListener('click', () => {
    fromTop();
    find('[data-log]').focus();
  });
  for (const button of root.querySelectorAll('[data-log-form]')) {
    button.addEventListener('click', () => {
      isJson = button.dataset.logForm === 'json';
      for (const other of root.querySelectorAll('[data-log-form]')) other.setAttribute('aria-pressed', other === button);
      list.redraw();
      render();
    });
  }
  for (const type of ['records', 'seek', 'time']) store.addEventListener(type, render);
  render();

  return {
    /** Look for these, and go there. @param {import('../../state/search.js').Filter[]} wanted */
    find(wanted) {
      filters.set(wanted);
      find('[data-log-search]').focus({ preventScroll: true });
      find('.log').scrollIntoView({ block: 'nearest' });
    },
  };
}
