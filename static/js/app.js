// The playground of the sandbox and of every lesson: creates its parts and connects them. Each part
// knows only the store.

import { all, detailOf, one } from './dom.js';
import { eachFrame } from './frames.js';
import { fetched, onFirst, onOpening, onTouch } from './fetched.js';
import { keys } from './keys.js';
import { call } from './live/api.js';
import { playground } from './live/playground.js';
import { Actions } from './panels/actions.js';
import { banner, caption, connection, faultCount, freeze } from './panels/header.js';
import { tabs } from './panels/tabs.js';
import { Picture } from './picture/picture.js';
import { connectionOf } from './state/connections.js';
import { sentence } from './state/plain.js';

/** @typedef {import('./state/types.js').Rec} Rec @typedef {ReturnType<typeof start>} Playground */

/** All calls, all texts, or some of each. @param {DOMStringMap} words @param {import('./state/types.js').State} state */
function howBuilt({ stylesOf = '', allCall = '', allText = '' }, state) {
  const styles = stylesOf.split(' ').map((id) => connectionOf(state, id)?.style);
  if (styles.every((style) => style === 'text')) return allText;
  return styles.every((style) => style === 'call') ? allCall : 'some calls, some texts';
}

const find = (/** @type {string} */ selector) => one(document, selector);

export function start() {
  const root = find('[data-playground]');
  const { store, socket, does, catalogue, flip } = playground();
  const picture = new Picture(find('[data-topology]'), store);
  const actions = new Actions(root);

  /** @type {import('./live/traces.js').Traces|null} */
  let shared = null; // between inspector and time view
  const traces = async () => shared ??= new (await import('./live/traces.js')).Traces(store);
  const inspector = fetched(find('#inspector'), async (place) => (await import('./panels/inspector.js'))
    .inspector(place, store, { does, flip, traces: await traces(), follow: (record) => picture.follow(record) }));
  const open = async (/** @type {import('./panels/inspector.js').Opened} */ what) => (await inspector())?.open(what);
  picture.addEventListener('press', (event) => open(detailOf(event)));

  connection(find('[data-connection]'), store, socket);
  freeze(find('[data-freeze]'), store);
  banner(find('[data-banner]'), store);
  caption(find('[data-caption]'), find('[data-caption-time]'), picture, store);
  faultCount(find('[data-fault-count]'), store);

  const help = fetched(find('#keys'), async (dialog) => (await import('./panels/help.js')).help(/** @type {HTMLDialogElement} */ (dialog)));
  find('[data-keys]').addEventListener('click', async () => (await help())?.open());
  const larger = fetched(find('[data-enlarged]'), async (part) => (await import('./panels/enlarge.js')).enlarge(root, part.parentElement ?? part));
  find('[data-enlarge]').addEventListener('click', async () => (await larger())?.());
  const withLast = (/** @type {(record: Rec) => void} */ act) => { // the dot that keys can reach
    const last = store.state.log.at(-1);
    if (last) act(last);
  };
  keys({
    '?': async () => (await help())?.open(),
    e: async () => (await larger())?.(),
    0: () => call('DELETE', '/api/playground/faults'),
    i: () => withLast((record) => open({ record })),
    f: () => withLast((record) => { if (record.message) picture.follow(record); }),
  });

  // What has nothing to show yet is loaded with the first record, or when it is touched. A lesson begins by
  // changing the design: for that record one line in the place of the log is enough.
  const isFirst = (/** @type {CustomEvent} */ { type, detail }) => type !== 'records' || detail.records.some((/** @type {Rec} */ { name }) => name !== 'DesignChanged');
  const time = fetched(find('[data-time]'), async (place) => (await import('./panels/timeline.js')).timeline(place, one(document, '[data-speed]'), store));
  onFirst(store, ['records', 'frozen'], time, isFirst);
  for (const part of ['[data-time]', '[data-speed]']) onTouch(find(part), time);
  keys(Object.fromEntries([...' ,.[]rl<>'].map((key) => [key, async () => (await time())?.press(key)])));

  const events = fetched(find('.log'), async () => (await import('./panels/log/log.js')).log(root, store, open));
  onFirst(store, ['records'], events, isFirst);
  onTouch(find('.log'), events);
  store.addEventListener('records', (event) => { if (!events.it) find('[data-log-empty]').textContent = sentence(detailOf(event).records.at(-1)); });

  /** @type {Rec|null} */
  let first = null; // the first new record
  const status = fetched(find('[data-order]'), async () => (await import('./panels/live_status.js')).liveStatus(root, store, picture, first));
  onFirst(store, ['records'], status, (event) => {
    if (!event.detail.past) [first] = event.detail.records;
    return isFirst(event);
  });

  const spent = fetched(find('[data-time-spent]'), async (place) => (await import('./panels/time_spent.js')).timeSpentPanel(place, store));
  onFirst(store, ['records'], spent, isFirst);

  const exchange = fetched(find('[data-exchange]'), async (place) => (await import('./panels/exchange.js')).exchange(place, actions));
  actions.addEventListener('sent', async (event) => (await exchange())?.sent(detailOf(event)));
  actions.addEventListener('answered', async (event) => (await exchange())?.answered(detailOf(event)));

  const following = fetched(find('[data-follow]'), async (place) => (await import('./panels/follow.js')).follow(place, picture));
  picture.addEventListener('follow', async (event) => (await following())?.show(detailOf(event)));

  document.addEventListener('called', async (event) => (await import('./panels/as_curl.js').catch(() => null))?.offer(detailOf(event)));
  onOpening(find('#breaker'), async (place) => (await import('./panels/faults.js')).faults(place, store, catalogue));
  onOpening(find('#designer'), async (place) => (await import('./panels/design.js')).design(place, store));
  onOpening(find('#twin'), async () => (await import('./panels/twin.js')).twin(find('[data-twin]'), store, catalogue));
  const rush = fetched(find('[data-rush]'), async (place) => (await import('./panels/rush.js')).rush(find('[data-rush-open]'), place));
  find('[data-rush-open]').addEventListener('click', async () => (await rush())?.toggle());

  const views = fetched(find('.stage'), async (place) => (await import('./panels/views.js')).views(place, store, {
    socket, does, flip, open, traces: await traces(), look: async (filters) => (await events())?.find(filters),
  }));
  tabs(find('[role=tablist]'), async (panel, isSeen) => (await views())?.tell(panel, isSeen));

  const keepReplaying = (/** @type {number} */ elapsed_ms) => {
    store.tick(elapsed_ms);
    return store.mode === 'replay';
  };
  store.addEventListener('time', () => { if (store.mode === 'replay') eachFrame(keepReplaying); });

  // The buttons say how their connections are built now.
  store.addEventListener('design', () => {
    for (const words of all(document, '[data-style-of]')) {
      const style = connectionOf(store.newest, words.dataset.styleOf ?? '')?.style;
      if (style) words.textContent = style === 'call' ? 'call: wait for it' : 'text: do not wait';
    }
  });
  store.addEventListener('design', () => {
    for (const words of all(document, '[data-styles-of]')) words.textContent = howBuilt(words.dataset, store.newest);
  });
  socket.open();
  return { actions, picture, store };
}
