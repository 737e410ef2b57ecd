// The parts of the page that show something from the first record on.

import { one } from '../dom.js';
import { announcer } from './announcer.js';
import { crowd, deadLetters, run } from './counts.js';
import { order } from './order.js';

/**
 * @param {HTMLElement} root @param {import('../state/store.js').Store} store @param {import('../picture/picture.js').Picture} picture
 * @param {import('../state/types.js').Rec|null} first  the first new record
 */
export function liveStatus(root, store, picture, first) {
  const find = (/** @type {string} */ name) => one(root, `[data-${name}]`);
  announcer(find('announcer'), store, first);
  run(find('run'), store);
  crowd(find('many'), picture.dots);
  deadLetters(find('dead-count'), store);
  order(find('order'), store);
}
