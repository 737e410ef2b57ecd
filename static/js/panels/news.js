// What has something to tell as soon as anything happens.

import { announcer } from './announcer.js';
import { crowd, deadLetters, run } from './counts.js';
import { order } from './order.js';

/** @param {HTMLElement} root @param {object|null} first  the record with which it began, if it is none of the past */
export function news(root, store, picture, first) {
  const find = (name) => root.querySelector(`[data-${name}]`);
  announcer(find('announcer'), store, first);
  run(find('run'), store);
  crowd(find('many'), picture.dots);
  deadLetters(find('dead-count'), store);
  order(find('order'), store);
}
