// The page: who hears whom. Each part knows only the store.

import { eachFrame } from './frames.js';
import { fetched, onFirst, onOpening, onTouch } from './fetched.js';
import { keys } from './keys.js';
import { call, trouble } from './live/api.js';
import { PlaygroundSocket } from './live/socket.js';
import { Actions } from './panels/actions.js';
import { banner, caption, connection, faultCount, freeze } from './panels/header.js';
import { tabs } from './panels/tabs.js';
import { Picture } from './picture/picture.js';
import { nameServices, other, sentence } from './state/plain.js';
import { Store } from './state/store.js';

const root = document.querySelector('[data-playground]');
const find = (selector) => document.querySelector(selector);
const { titles, does, faults: catalogue } = JSON.parse(find('#playground-data').textContent);
nameServices(titles);

const store = new Store();
const socket = new PlaygroundSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws/playground/`);
const picture = new Picture(find('[data-topology]'), store);
const actions = new Actions(root);

/** Flip a connection. @returns {Promise<string>} what went wrong, or "" */
async function flip(id) {
  const { status, data } = await call('PATCH', '/api/playground/design', { styles: { [id]: other(store.connection(id)) } });
  return status === 200 ? '' : trouble(data);
}

const inspector = fetched(find('#inspector'), async (place) => (await import('./panels/inspector.js'))
  .inspector(place, store, { does, flip, traces: await traces(), follow: (record) => picture.follow(record) }));
const open = async (what) => (await inspector())?.open(what);
picture.addEventListener('press', ({ detail }) => open(detail));

let made = null; // what two parts share is made once
const traces = async () => made ??= new (await import('./live/traces.js')).Traces(store);

connection(find('[data-connection]'), store, socket);
freeze(find('[data-freeze]'), store);
banner(find('[data-banner]'), store);
caption(find('[data-caption]'), find('[data-caption-time]'), picture, store);
faultCount(find('[data-fault-count]'), store);

const help = fetched(find('#keys'), async (place) => (await import('./panels/help.js')).help(place));
find('[data-keys]').addEventListener('click', async () => (await help())?.open());
const larger = fetched(find('[data-enlarged]'), async ({ parentElement }) => (await import('./panels/enlarge.js')).enlarge(root, parentElement));
find('[data-enlarge]').addEventListener('click', async () => (await larger())?.());
keys({
  '?': async () => (await help())?.open(),
  e: async () => (await larger())?.(),
  0: () => call('DELETE', '/api/playground/faults'),
  i: () => withLast((record) => open({ record })),
  f: () => withLast((record) => { if (record.message) picture.follow(record); }),
});

/** The dot that can be pressed by keyboard. */
function withLast(act) {
  const last = store.state.log.at(-1);
  if (last) act(last);
}

// What has nothing to show yet is fetched with the first record, or when it is touched. That a lesson
// begins with a design of its own is told in a line until then.
const isNews = ({ type, detail }) => type !== 'records' || detail.records.some(({ name }) => name !== 'DesignChanged');
store.addEventListener('records', ({ detail }) => { if (!events.it) find('[data-log-empty]').textContent = sentence(detail.records.at(-1)); });
const time = fetched(find('[data-time]'), async (place) => (await import('./panels/timeline.js')).timeline(place, find('[data-speed]'), store));
onFirst(store, ['records', 'frozen'], time, isNews);
for (const part of [find('[data-time]'), find('[data-speed]')]) onTouch(part, time);
keys(Object.fromEntries([...' ,.[]rl<>'].map((key) => [key, async () => (await time())?.press(key)])));

const events = fetched(find('.log'), async (place) => (await import('./panels/log/log.js')).log(root, store, open));
onFirst(store, ['records'], events, isNews);
onTouch(find('.log'), events);

let first = null; // record of which a screen reader is told
const news = fetched(find('[data-order]'), async () => (await import('./panels/news.js')).news(root, store, picture, first));
onFirst(store, ['records'], news, (event) => {
  if (!event.detail.past) [first] = event.detail.records;
  return isNews(event);
});

const exchange = fetched(find('[data-exchange]'), async (place) => (await import('./panels/exchange.js')).exchange(place, actions));
for (const type of ['sent', 'answered']) actions.addEventListener(type, async ({ detail }) => (await exchange())?.[type](detail));

const following = fetched(find('[data-follow]'), async (place) => (await import('./panels/follow.js')).follow(place, picture));
picture.addEventListener('follow', async ({ detail }) => (await following())?.show(detail));

document.addEventListener('called', async ({ detail }) => (await import('./panels/as_curl.js').catch(() => null))?.offer(detail));
onOpening(find('#breaker'), async (place) => (await import('./panels/faults.js')).faults(place, store, catalogue));
onOpening(find('#designer'), async (place) => (await import('./panels/design.js')).design(place, store));
onOpening(find('#twin'), async () => (await import('./panels/twin.js')).twin(find('[data-twin]'), store, catalogue));
const rush = fetched(find('[data-rush]'), async (place) => (await import('./panels/rush.js')).rush(find('[data-rush-open]'), place));
find('[data-rush-open]').addEventListener('click', async () => (await rush())?.toggle());

const views = fetched(find('.stage'), async (place) => (await import('./panels/views.js')).views(place, store, {
  socket, does, flip, open, traces: await traces(), look: async (filters) => (await events())?.find(filters),
}));
tabs(find('[role=tablist]'), async (panel, isSeen) => (await views())?.tell(panel, isSeen));

/** A replay goes on with each frame. */
store.addEventListener('time', () => {
  if (store.mode === 'replay') eachFrame(keepReplaying);
});
function keepReplaying(elapsed_ms) {
  store.tick(elapsed_ms);
  return store.mode === 'replay';
}

/** The buttons say how their connections are built now. */
store.addEventListener('design', () => {
  for (const words of document.querySelectorAll('[data-style-of]')) {
    const connected = store.connection(words.dataset.styleOf);
    words.textContent = connected.style === 'call' ? 'call: wait for it' : 'text: wait for nobody';
  }
});

socket.addEventListener('records', ({ detail }) => store.take(detail));
socket.addEventListener('frame', ({ detail }) => store.frame(detail));
socket.open();

export { actions, picture, store }; // for js/lesson/
