// On a narrow page the playground is a sheet at the lower edge: a line, the picture, or all of it.

import { element, one } from '../dom.js';
import { onKey } from '../keys.js';
import { browserMemory } from '../memory.js';
import { follow } from './in_sight.js';

const SIZES = ['line', 'picture', 'all'];
/** @type {Object<string, string>} */
const WORDS = { line: 'Show the picture', picture: 'Show everything', all: 'Back to the picture' };

const WRITES = 'input:not([type=radio], [type=checkbox]), textarea, select';

/** @param {HTMLElement} play @param {import('../picture/picture.js').Picture} picture */
export function pin(play, picture) {
  const narrow = matchMedia('(max-width: 1023px)');
  const more = element('button', { type: 'button', class: 'pin-more', 'data-pin-more': true });
  const less = element('button', { type: 'button', class: 'pin-less', 'data-pin-less': true, 'aria-label': 'Hide the picture' }, '–');
  one(play, '.play-top').append(more, less);

  /** @param {string} size */
  function show(size) {
    const isPinned = narrow.matches;
    play.classList.toggle('is-pinned', isPinned);
    if (isPinned) play.dataset.size = size;
    else delete play.dataset.size;
    more.hidden = less.hidden = !isPinned;
    less.hidden ||= size === 'line';
    more.textContent = WORDS[size];
    document.body.classList.toggle('has-pin', isPinned);
    document.body.dataset.pin = isPinned ? size : '';
    browserMemory.set('pin', size);
    fold();
  }

  more.addEventListener('click', () => show(play.dataset.size === 'picture' ? 'all' : 'picture'));
  less.addEventListener('click', () => { show('line'); more.focus(); });
  follow(picture, one(play, '[data-topology]'), () => play.dataset.size === 'picture');
  onKey(document, ({ key }) => { if (key === 'Escape' && play.dataset.size === 'all') show('picture'); });
  // While something is written, its question needs the room; and so does a keyboard on the glass.
  const low = matchMedia('(max-height: 499px)');
  const fold = () => {
    const { activeElement } = document;
    const isWriting = Boolean(activeElement?.matches(WRITES)) && !play.contains(activeElement);
    play.classList.toggle('is-folded', narrow.matches && play.dataset.size === 'picture' && (isWriting || low.matches));
    document.body.dataset.pin = play.classList.contains('is-folded') ? 'line' : play.dataset.size ?? '';
  };
  for (const type of ['focusin', 'focusout']) document.addEventListener(type, () => setTimeout(fold));
  low.addEventListener('change', fold);
  const kept = browserMemory.get('pin');
  narrow.addEventListener('change', () => show(play.dataset.size ?? 'picture'));
  show(kept && SIZES.includes(kept) && kept !== 'all' ? kept : 'picture');
  return { picture: () => { if (play.dataset.size === 'line') show('picture'); } };
}
