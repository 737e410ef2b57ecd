// On a narrow page the playground is a sheet at the lower edge: a line, the picture, or all of it.

import { element, throttled } from '../dom.js';
import { nodeOf } from '../state/travel.js';

const SIZES = ['line', 'picture', 'all'];
const WORDS = { line: 'Show the picture', picture: 'Show everything', all: 'Back to the picture' };
const FOLLOWS_EVERY_MS = 350;
const LEAVES_ALONE_MS = 4000; // whoever has scrolled the picture wants to look there

export function pin(play, picture) {
  const narrow = matchMedia('(max-width: 1023px)');
  const more = element('button', { type: 'button', class: 'pin-more', 'data-pin-more': true });
  const less = element('button', { type: 'button', class: 'pin-less', 'data-pin-less': true, 'aria-label': 'Hide the picture' }, '–');
  play.querySelector('.play-top').append(more, less);

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
    localStorage.setItem('pin', size);
  }

  more.addEventListener('click', () => show(play.dataset.size === 'picture' ? 'all' : 'picture'));
  less.addEventListener('click', () => { show('line'); more.focus(); });
  follow(play, picture);
  document.addEventListener('keydown', ({ key }) => { if (key === 'Escape' && play.dataset.size === 'all') show('picture'); });
  const kept = localStorage.getItem('pin');
  narrow.addEventListener('change', () => show(play.dataset.size ?? 'picture'));
  show(SIZES.includes(kept) && kept !== 'all' ? kept : 'picture');
  return { picture: () => { if (play.dataset.size === 'line') show('picture'); } };
}

/** The picture is higher than its room in the sheet: scroll it to where something happens. */
function follow(play, picture) {
  const canvas = play.querySelector('.canvas');
  let newest = null;
  let touched = -Infinity;
  for (const type of ['pointerdown', 'wheel', 'keydown']) canvas.addEventListener(type, () => { touched = performance.now(); }, { passive: true });
  const look = throttled(FOLLOWS_EVERY_MS, () => {
    const part = canvas.querySelector(`[data-node="${CSS.escape(nodeOf(newest.target))}"]`);
    if (part && play.dataset.size === 'picture' && performance.now() - touched > LEAVES_ALONE_MS) comeTo(part);
  });
  picture.addEventListener('show', ({ detail: record }) => {
    newest = record;
    look();
  });
}

/** Scroll the picture, if it is higher than its room, until this part of it is well in sight. */
export function comeTo(part) {
  const canvas = part.closest('.canvas');
  const [box, room] = [part, canvas].map((it) => it.getBoundingClientRect());
  const off = (box.top + box.bottom - room.top - room.bottom) / 2;
  const behavior = matchMedia('(prefers-reduced-motion: reduce)').matches ? 'instant' : 'smooth';
  if (Math.abs(off) > room.height / 4) canvas.scrollBy({ top: off, behavior });
}
