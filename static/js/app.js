// The page: who is there, and who hears whom. Each part knows only the store.

import { eachFrame } from './frames.js';
import { help, keys } from './keys.js';
import { call, trouble } from './live/api.js';
import { PlaygroundSocket } from './live/socket.js';
import { Traces } from './live/traces.js';
import { Actions } from './panels/actions.js';
import { design } from './panels/design.js';
import { exchange } from './panels/exchange.js';
import { faults } from './panels/faults.js';
import { announcer, banner, caption, connection, crowd, freeze, run } from './panels/header.js';
import { follow } from './panels/follow.js';
import { ledger } from './panels/ledger.js';
import { list, other } from './panels/list.js';
import { log } from './panels/log/log.js';
import { order } from './panels/order.js';
import { rush } from './panels/rush.js';
import { tabs } from './panels/tabs.js';
import { timeline } from './panels/timeline.js';
import { Picture } from './picture/picture.js';
import { Choice } from './state/choice.js';
import { nameServices } from './state/plain.js';
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
rush(find('[data-rush-open]'), find('[data-rush]'));
/** The twin's panel comes with its first opening, or at once where it stands open. */
for (const panel of document.querySelectorAll('[data-twin]')) {
  const make = async () => (await import('./panels/twin.js')).twin(panel, store, catalogue);
  const sheet = panel.closest('[popover]');
  if (sheet) sheet.addEventListener('beforetoggle', make, { once: true });
  else make();
}

/** A large view is fetched when it is first looked at: it weighs nothing until then. */
function fetched(make) {
  let view = null;
  return async (isSeen) => {
    if (!isSeen && !view) return;
    view ??= make();
    (await view).seen(isSeen);
  };
}
const story = fetched(async () => (await import('./panels/sequence.js')).sequence(find('#view-sequence'), store, { socket, choice }));
const lanes = fetched(async () => (await import('./panels/time/time.js')).time(find('#view-time'), store, { choice, traces, open: inspect.open }));
const figures = fetched(async () => (await import('./panels/metrics/metrics.js')).metrics(find('[data-metrics]'), socket));
const books = ledger(find('[data-ledger]'), store, { counter: find('[data-dead-count]'), look: events.find });
const text = list(find('[data-list]'), store, { does, flip });
tabs(find('[role=tablist]'), (panel, isSeen) => {
  if (panel.id === 'view-sequence') story(isSeen);
  if (panel.id === 'view-time') lanes(isSeen);
  if (panel.id === 'view-list' && isSeen) text.show();
  if (panel.id === 'view-ledger' && isSeen) books.show();
  if (panel.id === 'view-metrics') figures(isSeen);
});

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
