// Where the picture is higher than its room: scroll it to what is spoken of, or happens.

import { throttled } from '../dom.js';
import { nodeOf } from '../state/travel.js';

const FOLLOWS_EVERY_MS = 350;
const LEAVES_ALONE_MS = 4000; // whoever has scrolled the picture wants to look there

/** @param {EventTarget} picture @param {HTMLElement} canvas  its room @param {() => boolean} isWanted  at this moment */
export function follow(picture, canvas, isWanted) {
  let newest = null;
  let touched = -Infinity;
  for (const type of ['pointerdown', 'wheel', 'keydown']) canvas.addEventListener(type, () => { touched = performance.now(); }, { passive: true });
  const look = throttled(FOLLOWS_EVERY_MS, () => {
    const part = canvas.querySelector(`[data-node="${CSS.escape(nodeOf(newest.target))}"]`);
    if (part && isWanted() && performance.now() - touched > LEAVES_ALONE_MS) comeTo(part);
  });
  picture.addEventListener('show', ({ detail: record }) => {
    newest = record;
    look();
  });
}

/** Until this part of the picture is well in sight. */
export function comeTo(part) {
  const canvas = part.closest('.canvas');
  const [box, room] = [part, canvas].map((it) => it.getBoundingClientRect());
  const off = (box.top + box.bottom - room.top - room.bottom) / 2;
  const behavior = matchMedia('(prefers-reduced-motion: reduce)').matches ? 'instant' : 'smooth';
  if (Math.abs(off) > room.height / 4) canvas.scrollBy({ top: off, behavior });
}
