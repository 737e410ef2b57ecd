// The page: who is there, and who hears whom. Each part knows only the store.

import { eachFrame } from './frames.js';
import { call, trouble } from './live/api.js';
import { PlaygroundSocket } from './live/socket.js';
import { Traces } from './live/traces.js';
import { Actions } from './panels/actions.js';
import { design } from './panels/design.js';
import { exchange } from './panels/exchange.js';
import { faults } from './panels/faults.js';
import { announcer, banner, caption, connection, crowd, freeze, run } from './panels/header.js';
import { inspector } from './panels/inspector.js';
import { ledger } from './panels/ledger.js';
import { list, other } from './panels/list.js';
import { log } from './panels/log/log.js';
import { metrics } from './panels/metrics/metrics.js';
import { order } from './panels/order.js';
import { rush } from './panels/rush.js';
import { sequence } from './panels/sequence.js';
import { tabs } from './panels/tabs.js';
import { time } from './panels/time/time.js';
import { twin } from './panels/twin.js';
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
const inspect = inspector(find('#inspector'), store, { does, flip, traces });
picture.addEventListener('press', ({ detail }) => inspect.open(detail));

connection(find('[data-connection]'), store, socket);
run(find('[data-run]'), store);
freeze(find('[data-freeze]'), store);
banner(find('[data-banner]'), store);
caption(find('[data-caption]'), find('[data-caption-time]'), picture, store);
announcer(find('[data-announcer]'), store);
crowd(find('[data-many]'), picture.dots);
exchange(find('[data-exchange]'), actions);
order(find('[data-order]'), store);
const events = log(root, store, inspect.open);
faults(find('#breaker'), store, find('[data-fault-count]'), catalogue);
design(find('#designer'), store);
rush(find('[data-rush-open]'), find('[data-rush]'));
for (const panel of document.querySelectorAll('[data-twin]')) twin(panel, store, catalogue);

const story = sequence(find('#view-sequence'), store, { socket, choice });
const lanes = time(find('#view-time'), store, { choice, traces, open: inspect.open });
const books = ledger(find('[data-ledger]'), store, { counter: find('[data-dead-count]'), look: events.find });
const figures = metrics(find('[data-metrics]'), socket);
const text = list(find('[data-list]'), store, { does, flip });
tabs(find('[role=tablist]'), (panel, isSeen) => {
  if (panel.id === 'view-sequence') story.seen(isSeen);
  if (panel.id === 'view-time') lanes.seen(isSeen);
  if (panel.id === 'view-list' && isSeen) text.show();
  if (panel.id === 'view-ledger' && isSeen) books.show();
  if (panel.id === 'view-metrics') figures.seen(isSeen);
});

find('[data-speed]').addEventListener('change', ({ target }) => { picture.dots.speed = Number(target.value); });

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
