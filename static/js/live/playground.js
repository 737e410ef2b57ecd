// The store of a page, kept up to date over the live connection, and the one change that pictures make.

import { detailOf, pageData } from '../dom.js';
import { connectionOf, other } from '../state/connections.js';
import { nameServices } from '../state/plain.js';
import { Store } from '../state/store.js';
import { call, problemText } from './api.js';
import { PlaygroundSocket } from './socket.js';

/**
 * @typedef {Object} FaultSpec  a kind of fault, as playground/faults/catalogue.py describes it
 * @property {string} title @property {string} says @property {string} calls @property {string} texts @property {string} teaches
 * @property {string[]} places @property {string[]} answers @property {boolean} is_whole @property {number} default_ms @property {number} default_status
 *
 * @typedef {{titles: Object<string, string>, does: Object<string, string>, faults: Object<string, FaultSpec>}} PageData
 */

/** Everything that a page with a picture needs. The socket is opened by the caller, when the views listen. */
export function playground() {
  /** @type {PageData} */
  const { titles, does, faults: catalogue } = pageData('playground-data');
  nameServices(titles);
  const store = new Store();
  const socket = new PlaygroundSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws/playground/`);
  socket.addEventListener('records', (event) => store.take(detailOf(event)));
  socket.addEventListener('frame', (event) => store.frame(detailOf(event)));
  return { store, socket, does, catalogue, flip: (/** @type {string} */ id) => flip(store, id) };
}

/** Make a call a text, or a text a call. @param {Store} store @param {string} id @returns {Promise<string>} what went wrong, or "" */
async function flip(store, id) {
  const connection = connectionOf(store.newest, id);
  if (!connection) return 'This design does not have that connection any more.';
  const { status, data } = await call('PATCH', '/api/playground/design', { styles: { [id]: other(connection) } });
  return status === 200 ? '' : problemText(data);
}
