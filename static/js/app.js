// The page: who is there, and who hears whom. Each part knows only the store.

import { eachFrame } from './frames.js';
import { fetched, linkLater, onOpening } from './fetched.js';
import { help, keys } from './keys.js';
import { call, trouble } from './live/api.js';
import { PlaygroundSocket } from './live/socket.js';
import { Traces } from './live/traces.js';
import { Actions } from './panels/actions.js';
import { design } from './panels/design.js';
import { exchange } from './panels/exchange.js';
import { faults } from './panels/faults.js';
import { announcer, banner, caption, connection, crowd, deadLetters, freeze, run } from './panels/header.js';
import { follow } from './panels/follow.js';
import { log } from './panels/log/log.js';
import { order } from './panels/order.js';
import { tabs } from './panels/tabs.js';
import { timeline } from './panels/timeline.js';
import { Picture } from './picture/picture.js';
import { Choice } from './state/choice.js';
import { nameServices, other } from './state/plain.js';
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

const traces = new Traces(store);
const choice = new Choice();
let sheet = null; // fetched when something is first pressed
const inspect = {
  async open(what) {
    sheet ??= import('./panels/inspector.js').then(({ inspector }) => inspector(find('#inspector'), store, { does, flip, traces, follow: (record) => picture.follow(record) }));
    (await sheet).open(what);
  },
};
picture.addEventListener('press', ({ detail }) => inspect.open(detail));

connection(find('[data-connection]'), store, socket);
run(find('[data-run]'), store);
freeze(find('[data-freeze]'), store);
banner(find('[data-banner]'), store);
caption(find('[data-caption]'), find('[data-caption-time]'), picture, store);
announcer(find('[data-announcer]'), store);
crowd(find('[data-many]'), picture.dots);
follow(find('[data-follow]'), picture);
timeline(find('[data-time]'), find('[data-speed]'), store);
help(find('#keys'), find('[data-keys]'));
keys({
  i: () => withLast((record) => inspect.open({ record })),
  f: () => withLast((record) => { if (record.message) picture.follow(record); }),
});

/** The record that is shown last: the dot that can be pressed by keyboard. */
function withLast(act) {
  const last = store.state.log.at(-1);
  if (last) act(last);
}
exchange(find('[data-exchange]'), actions);
order(find('[data-order]'), store);
const events = log(root, store, inspect.open);
faults(find('#breaker'), store, find('[data-fault-count]'), catalogue);
design(find('#designer'), store);
deadLetters(find('[data-dead-count]'), store);
find('[data-rush-open]').addEventListener('click', async ({ currentTarget }) => {
  (await import('./panels/rush.js')).rush(currentTarget, find('[data-rush]'));
}, { once: true });
for (const panel of document.querySelectorAll('[data-twin]')) {
  onOpening(panel, async () => (await import('./panels/twin.js')).twin(panel, store, catalogue));
}

const story = fetched(async () => (await import('./panels/sequence.js')).sequence(find('#view-sequence'), store, { socket, choice }));
const lanes = fetched(async () => (await import('./panels/time/time.js')).time(find('#view-time'), store, { choice, traces, open: inspect.open }));
const figures = fetched(async () => (await import('./panels/metrics/metrics.js')).metrics(find('[data-metrics]'), socket));
const books = fetched(async () => (await import('./panels/ledger.js')).ledger(find('[data-ledger]'), store, { look: events.find }));
const text = fetched(async () => (await import('./panels/list.js')).list(find('[data-list]'), store, { does, flip }));
const views = { 'view-sequence': story, 'view-time': lanes, 'view-list': text, 'view-ledger': books, 'view-metrics': figures };
tabs(find('[role=tablist]'), (panel, isSeen) => views[panel.id]?.(isSeen));

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
linkLater(find('[data-later]').dataset.later.split(' '));

export { actions, picture, store }; // for js/lesson/
