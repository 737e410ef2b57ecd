// Which story the time views show: a chosen one, or the newest.

import { isOf, storiesOf } from './stories.js';

/** @typedef {import('./types.js').Rec} Rec */

/** Events: `chosen`. */
export class Choice extends EventTarget {
  id = ''; // of the chosen story; "" follows the newest

  /** @param {string} id */
  choose(id) {
    this.id = id;
    this.dispatchEvent(new Event('chosen'));
  }

  /** @param {Rec[]} log @returns {import('./stories.js').Story|undefined} */
  story(log) {
    const stories = storiesOf(log);
    if (this.id) return stories.find((one) => one.id === this.id) ?? { id: this.id, name: '', requests: 1, status: '', at: 0, last: 0 };
    return stories.find((one) => one.requests === 1);
  }

  /** The records of the story, oldest first. @param {string} id @param {Rec[]} log */
  records(id, log) {
    return log.filter((r) => isOf(id, r));
  }
}
