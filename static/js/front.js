// The front page: the same company and picture as in a lesson, one button, and words.

import { detailOf, one } from './dom.js';
import { fetched, onFirst } from './fetched.js';
import { playground } from './live/playground.js';
import { Actions } from './panels/actions.js';
import { banner, caption, connection } from './panels/header.js';
import { story } from './panels/story.js';
import { Picture } from './picture/picture.js';

export function start() {
  const find = (/** @type {string} */ name) => one(document, `[data-${name}]`);
  const { store, socket, does, flip } = playground();
  const picture = new Picture(find('topology'), store);

  const inspector = fetched(one(document, '#inspector'), async (sheet) => {
    const [made, { Traces }] = await Promise.all([import('./panels/inspector.js'), import('./live/traces.js')]);
    return made.inspector(sheet, store, { does, flip, traces: new Traces(store), follow: (record) => picture.follow(record) });
  });
  picture.addEventListener('press', async (event) => (await inspector())?.open(detailOf(event)));
  onFirst(store, ['records'], fetched(find('many'), async (place) => (await import('./panels/counts.js')).crowd(place, picture.dots)));

  /** @type {import('./state/types.js').Rec|null} */
  let first = null; // the first new record
  const announcer = fetched(find('announcer'), async (place) => (await import('./panels/announcer.js')).announcer(place, store, first));
  onFirst(store, ['records'], announcer, ({ detail }) => { [first] = detail.records; return !detail.past; });

  connection(find('connection'), store, socket);
  banner(find('banner'), store);
  caption(find('caption'), find('caption-time'), picture, store);
  story(find('story'), { actions: new Actions(find('playground')), store, picture });
  socket.open();
}
