// One tab stop for many parts: arrow keys go to the nearest part in that direction.

import { onKey } from '../keys.js';

/** @type {Object<string, [number, number]>} */
const TOWARDS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

export class Roving {
  /** @type {SVGElement[]} */
  #parts = [];

  /** @param {SVGElement[]} parts @param {(part: SVGElement) => void} open */
  over(parts, open) {
    this.#parts = parts;
    parts.forEach((part, i) => {
      part.setAttribute('tabindex', i ? '-1' : '0');
      part.addEventListener('click', () => open(part));
      onKey(part, (event) => {
        if (event.key === 'Enter' || event.key === ' ') {
          event.preventDefault();
          event.stopPropagation();
          open(part);
        } else if (TOWARDS[event.key]) {
          event.preventDefault();
          this.#go(part, TOWARDS[event.key]);
        }
      });
    });
  }

  /** @param {SVGElement} from @param {[number, number]} direction */
  #go(from, [dx, dy]) {
    const here = centre(from);
    /** @type {SVGElement|null} */
    let best = null;
    let least = Infinity;
    for (const part of this.#parts) {
      if (part === from) continue;
      const there = centre(part);
      const along = (there.x - here.x) * dx + (there.y - here.y) * dy;
      const aside = Math.abs((there.x - here.x) * dy) + Math.abs((there.y - here.y) * dx);
      if (along > 2 && along + 2 * aside < least) [best, least] = [part, along + 2 * aside];
    }
    if (!best) return;
    from.setAttribute('tabindex', '-1');
    best.setAttribute('tabindex', '0');
    best.focus();
  }
}

/** @param {Element} part */
function centre(part) {
  const box = part.getBoundingClientRect();
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
