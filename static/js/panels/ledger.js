// What was promised against what was done, and dead letters: counted in the database, not here.

import { all, element, throttled } from '../dom.js';
import { call, problemText } from '../live/api.js';
import { clockTime } from '../state/clock_time.js';
import { title } from '../state/plain.js';

/**
 * @typedef {import('../state/schema.js').LedgerRowOut} Row @typedef {import('../state/schema.js').DifferenceOut} Difference
 * @typedef {import('../state/schema.js').DeadLetterOut} DeadLetter @typedef {import('../state/search.js').Filter} Filter
 * @typedef {'expected'|'actual'|'lost'|'doubled'|'pending'|'dead'|'unasked'} Column
 */

const PAUSE_MS = 1500; // the server reads the whole log to find causes
/** @type {Object<Column, string>} */
const COLUMNS = { expected: 'owed', actual: 'done', lost: 'lost', doubled: 'doubled', pending: 'on the way', dead: 'dead letters', unasked: 'not asked for' };

// What differs in a column, for the buttons' names.
/** @type {Object<string, string>} */
const BEHIND = { lost: 'lost', doubled: 'doubled', pending: 'on the way', dead: 'dead letters', unasked: 'not asked for' };

/** @param {HTMLElement} place @param {import('../state/store.js').Store} store @param {{look: (filters: Filter[]) => unknown}} more */
export function ledger(place, store, { look }) {
  const verdict = element('p', { class: 'verdict', role: 'status' });
  const table = element('table', { class: 'ledger' });
  const reasons = element('ul', { class: 'reasons', 'aria-label': 'Why it does not close' });
  const deadLetters = element('ul', { class: 'dead-letters' });
  const replayAll = element('button', { type: 'button', class: 'small' }, 'Replay all');
  const problem = element('p', { class: 'problem', role: 'alert', hidden: true });
  const scope = element('select', { 'aria-label': 'Of which run' }, element('option', { value: 'all' }, 'everything so far'), element('option', { value: 'run' }, 'the newest run'));
  const head = element('h3', {}, 'Dead letters ', replayAll);
  place.append(element('div', { class: 'ledger-head' }, verdict, scope), element('div', { class: 'scroll' }, table), reasons, problem, head, deadLetters,
    element('p', { class: 'as-curl', 'data-as-curl': '/api/playground/dead-letters', hidden: true }));

  scope.addEventListener('change', () => show());
  replayAll.addEventListener('click', () => act('POST', '/api/playground/dead-letters/replay', { id: '' }));
  const later = throttled(PAUSE_MS, () => { if (!place.hidden) show(); });
  for (const type of ['records', 'stats']) store.addEventListener(type, later);

  async function show() {
    const run = scope.value === 'run' ? store.state.run?.id ?? '' : '';
    const [books, given] = await Promise.all([call('GET', `/api/playground/ledger?run=${encodeURIComponent(run)}`), call('GET', '/api/playground/dead-letters')]);
    if (books.status !== 200 || given.status !== 200) return say(problemText(books.status === 200 ? given.data : books.data));
    say('');
    const rows = books.data.rows.filter((/** @type {Row} */ r) => r.expected || r.actual || r.unasked);
    const key = JSON.stringify([run, rows, books.data.differences]);
    if (table.dataset.shown !== key) { // a focused button stays
      table.dataset.shown = key;
      showRows(rows, books.data.differences, run);
      showReasons(books.data.differences);
    }
    showDeadLetters(given.data);
  }

  /** @param {Row[]} rows @param {Difference[]} differences @param {string} run */
  function showRows(rows, differences, run) {
    const held = /** @type {HTMLElement|null|undefined} */ (document.activeElement?.closest('[data-number]'))?.dataset.number;
    const sum = (/** @type {Column} */ name) => rows.reduce((total, row) => total + row[name], 0);
    /** @type {Column[]} */
    const columns = ['lost', 'doubled', 'dead', 'pending'];
    const open = columns.filter((name) => sum(name));
    verdict.dataset.state = !rows.length ? 'empty' : open.length ? 'open' : 'closed';
    verdict.textContent = !rows.length ? 'Nothing has been promised yet. Place an order.'
      : open.length ? `The ledger is open: ${open.map((name) => `${sum(name)} ${sum(name) === 1 && name === 'dead' ? 'dead letter' : COLUMNS[name]}`).join(', ')}.` : 'The ledger closes: everything promised was done, once.';
    const shown = /** @type {[Column, string][]} */ (Object.entries(COLUMNS)).filter(([name]) => ['expected', 'actual', 'lost', 'doubled', 'pending'].includes(name) || sum(name));
    table.replaceChildren(
      element('thead', {}, element('tr', {}, element('th', { scope: 'col' }, 'Effect'), ...shown.map(([, words]) => element('th', { scope: 'col' }, words)))),
      element('tbody', {}, ...rows.map((row) => element('tr', {}, element('th', { scope: 'row' }, row.says),
        ...shown.map(([name]) => element('td', { class: ['lost', 'doubled', 'dead'].includes(name) && row[name] ? 'bad' : '' }, number(row, name, differences, run)))))));
    if (held) all(table, `[data-number="${held}"]`)[0]?.focus();
  }

  /** A number that opens the messages behind it. @param {Row} row @param {Column} name @param {Difference[]} differences @param {string} run */
  function number(row, name, differences, run) {
    const filters = row[name] ? behind(row, name, differences, run) : null;
    if (!filters) return row[name];
    const words = `${row[name]} ${row.says}: ${COLUMNS[name]}`;
    const button = element('button', { type: 'button', class: 'number', 'data-number': `${row.effect}.${name}`, 'aria-label': `${words}. Show their messages` }, row[name]);
    button.addEventListener('click', () => look(filters));
    return button;
  }

  /** @param {Difference[]} differences */
  function showReasons(differences) {
    reasons.replaceChildren(...differences.map((one) => {
      const button = element('button', { type: 'button', class: 'small', 'aria-label': `Show the messages: ${one.says}` }, 'Show the messages');
      button.addEventListener('click', () => look([filterOf([one], one.says.split(':')[0])]));
      return element('li', { 'data-column': one.column }, element('span', {}, one.says), button);
    }));
  }

  /** @param {import('../state/schema.js').DeadLettersOut} listed */
  function showDeadLetters({ dead_letters: given, not_listed: more }) {
    replayAll.hidden = given.length < 2;
    const key = JSON.stringify([given.map(({ id }) => id), more]);
    if (deadLetters.dataset.shown === key) return;
    deadLetters.dataset.shown = key;
    const rest = more ? [element('li', { class: 'empty' }, `${more} more are not listed. “Replay all” replays them, too.`)] : [];
    deadLetters.replaceChildren(...(given.length ? [...given.map(line), ...rest] : [element('li', { class: 'empty' }, 'None. Messages that fail too often, or cannot be read, are put here.')]));
  }

  /** @param {DeadLetter} deadLetter */
  function line(deadLetter) {
    const replay = element('button', { type: 'button', class: 'small' }, 'Replay');
    const discard = element('button', { type: 'button', class: 'small' }, 'Discard');
    replay.addEventListener('click', () => act('POST', '/api/playground/dead-letters/replay', { id: deadLetter.id }));
    const reason = element('input', { required: true, maxlength: 120, placeholder: 'Why can it be discarded?', 'aria-label': 'Reason' });
    const form = element('form', { class: 'discard', hidden: true }, reason, element('button', { class: 'small' }, 'Discard it'));
    discard.addEventListener('click', () => { form.hidden = !form.hidden; if (!form.hidden) reason.focus(); });
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      act('DELETE', `/api/playground/dead-letters/${deadLetter.id}?reason=${encodeURIComponent(reason.value)}`);
    });
    const json = element('pre', { tabindex: 0, role: 'region', 'aria-label': 'CloudEvent' }, JSON.stringify(deadLetter.event, null, 2));
    return element('li', {},
      element('p', {}, element('b', {}, deadLetter.name), ` of ${deadLetter.subject}, for ${title(deadLetter.service)}. ${deadLetter.reason}`),
      element('p', { class: 'hint' }, `${deadLetter.attempts} attempt${deadLetter.attempts === 1 ? '' : 's'}, dead since ${clockTime(deadLetter.at)}, trace `, element('code', {}, deadLetter.trace)),
      element('div', { class: 'buttons' }, replay, discard), form,
      element('details', {}, element('summary', {}, 'Look inside'), json));
  }

  /** @param {string} method @param {string} path @param {unknown} [body] */
  async function act(method, path, body) {
    const { status, data } = await call(method, path, body);
    say(status < 300 && status ? '' : problemText(data));
    show();
  }

  /** @param {string} words */
  function say(words) {
    problem.hidden = !words;
    problem.textContent = words;
  }

  return { seen: (/** @type {boolean} */ isSeen) => { if (isSeen) show(); } };
}

/** The filters of the log that show what a number counts. @param {Row} row @param {Column} name @param {Difference[]} differences @param {string} run @returns {Filter[]|null} */
function behind(row, name, differences, run) {
  const ofRun = run ? [{ field: 'run', values: [run] }] : [];
  if (name === 'actual') return [{ field: 'kind', values: ['effect'] }, { field: 'name', values: [row.effect] }, ...ofRun];
  if (name === 'expected') return [{ field: 'kind', values: ['response'] }, { field: 'service', values: ['customer'] }, { field: 'status', values: ['ok'] }, ...ofRun];
  const parts = differences.filter((d) => d.effect === row.effect && d.column === name);
  return parts.length ? [filterOf(parts, `${row[name]} ${row.says}, ${BEHIND[name]}`)] : null;
}

/** Their messages; if the records name none, all records of their orders and users. @param {Difference[]} differences @param {string} label @returns {Filter} */
function filterOf(differences, label) {
  const messages = differences.flatMap((d) => d.messages);
  return messages.length ? { field: 'message', values: messages, label }
    : { field: 'entity', values: differences.flatMap((d) => d.subjects), label };
}
