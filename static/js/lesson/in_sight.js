// Where the picture is higher than its frame: scroll it to what is happening, or to what the text is about.

import { detailOf, throttled } from '../dom.js';
import { nodeOf } from '../state/travel.js';

const FOLLOWS_EVERY_MS = 350;
const LEAVES_ALONE_MS = 4000; // after the user has scrolled the picture

/** @param {EventTarget} picture @param {HTMLElement} canvas  its frame @param {() => boolean} isWanted  at this moment */
export function follow(picture, canvas, isWanted) {
  /** @type {import('../state/types.js').Rec|null} */
  let newest = null;
  let touched = -Infinity;
  for (const type of ['pointerdown', 'wheel', 'keydown']) canvas.addEventListener(type, () => { touched = performance.now(); }, { passive: true });
  const look = throttled(FOLLOWS_EVERY_MS, () => {
    const part = canvas.querySelector(`[data-node="${CSS.escape(nodeOf(newest?.target))}"]`);
    if (part && isWanted() && performance.now() - touched > LEAVES_ALONE_MS) comeTo(part);
  });
  picture.addEventListener('show', (event) => {
    newest = detailOf(event);
    look();
  });
}

/** Scroll until this part of the picture is well in sight. @param {Element} part */
export function comeTo(part) {
  const canvas = part.closest('.canvas');
  if (!canvas) return;
  const [box, frame] = [part, canvas].map((it) => it.getBoundingClientRect());
  const off = (box.top + box.bottom - frame.top - frame.bottom) / 2;
  const behavior = matchMedia('(prefers-reduced-motion: reduce)').matches ? 'instant' : 'smooth';
  if (Math.abs(off) > frame.height / 4) canvas.scrollBy({ top: off, behavior });
}
