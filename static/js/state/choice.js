// Which story the views of time look at: a chosen one, or whatever is newest.

import { isOf, storiesOf } from './stories.js';

/** Events: `chosen`. */
export class Choice extends EventTarget {
  wish = ''; // "" follows the newest

  choose(id) {
    this.wish = id;
    this.dispatchEvent(new Event('chosen'));
  }

  /** @returns {import('./stories.js').Story|undefined} */
  story(log) {
    const stories = storiesOf(log);
    if (this.wish) return stories.find((one) => one.id === this.wish) ?? { id: this.wish, name: '', requests: 1, status: '' };
    return stories.find((one) => one.requests === 1);
  }

  /** The records of the story, oldest first. */
  records(id, log) {
    return log.filter((r) => isOf(id, r));
  }
}
