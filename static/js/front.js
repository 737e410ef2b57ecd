// The front page: the same company and picture as in a lesson, one button, and words.

import { fetched, onFirst } from './fetched.js';
import { call, trouble } from './live/api.js';
import { PlaygroundSocket } from './live/socket.js';
import { Actions } from './panels/actions.js';
import { banner, caption, connection } from './panels/header.js';
import { story } from './panels/story.js';
import { Picture } from './picture/picture.js';
import { nameServices, other } from './state/plain.js';
import { Store } from './state/store.js';

const find = (selector) => document.querySelector(selector);
const { titles, does } = JSON.parse(find('#playground-data').textContent);
nameServices(titles);

const store = new Store();
const socket = new PlaygroundSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws/playground/`);
const picture = new Picture(find('[data-topology]'), store);

async function flip(id) {
  const { status, data } = await call('PATCH', '/api/playground/design', { styles: { [id]: other(store.connection(id)) } });
  return status === 200 ? '' : trouble(data);
}

const inspector = fetched(find('#inspector'), async () => {
  const [made, { Traces }] = await Promise.all([import('./panels/inspector.js'), import('./live/traces.js')]);
  return made.inspector(find('#inspector'), store, { does, flip, traces: new Traces(store), follow: (record) => picture.follow(record) });
});
picture.addEventListener('press', async ({ detail }) => (await inspector())?.open(detail));
const counts = fetched(find('[data-many]'), async () => (await import('./panels/counts.js')).crowd(find('[data-many]'), picture.dots));
onFirst(store, ['records'], counts);
let first; // record of which a screen reader is told
const announcer = fetched(find('[data-announcer]'), async () => (await import('./panels/announcer.js')).announcer(find('[data-announcer]'), store, first));
onFirst(store, ['records'], announcer, ({ detail }) => { [first] = detail.records; return !detail.past; });

connection(find('[data-connection]'), store, socket);
banner(find('[data-banner]'), store);
caption(find('[data-caption]'), find('[data-caption-time]'), picture, store);
story(find('[data-story]'), { actions: new Actions(find('[data-playground]')), store });

socket.addEventListener('records', ({ detail }) => store.take(detail));
socket.addEventListener('frame', ({ detail }) => store.frame(detail));
socket.open();
