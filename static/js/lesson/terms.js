// Terms in the text: pointing at one highlights its part of the picture, pressing it explains it.

import { all as allOf, element } from '../dom.js';
import { comeTo } from './in_sight.js';

const MARK = 'is-pointed-at';

/** The parts of the picture that a term means. @param {string} place @param {HTMLElement} root */
export function partsOf(place, root) {
  const all = (/** @type {string} */ selector) => allOf(root, selector);
  switch (place) {
    case 'queues': return all('.kind-queue');
    case 'services': return all('.kind-service');
    case 'style-call':
    case 'style-text': return all(`path.${place}`);
    case 'faults': return all('.tag.failed, .tag.retry, .tag.waiting');
    default: return all(`[data-node="${CSS.escape(place)}"]`);
  }
}

/** @param {HTMLElement} picture @param {Object<string, string>} says  what each term means */
export function terms(picture, says) {
  const bubble = element('div', { id: 'term-says', class: 'term-says', popover: 'auto', role: 'note' });
  document.body.append(bubble);
  const clear = () => { for (const part of allOf(picture, `.${MARK}`)) part.classList.remove(MARK); picture.classList.remove('points'); };

  return {
    clear,

    /** @param {HTMLElement} term */
    point({ dataset }) {
      clear();
      const parts = dataset.pointsAt ? partsOf(dataset.pointsAt, picture) : [];
      for (const part of parts) part.classList.add(MARK);
      picture.classList.toggle('points', parts.length > 0);
      if (parts.length) comeTo(parts[0]);
    },

    /** @param {HTMLElement} term */
    say(term) {
      bubble.textContent = says[term.dataset.term ?? ''] ?? '';
      const box = term.getBoundingClientRect();
      bubble.style.left = `${Math.max(8, Math.min(box.left, innerWidth - 320))}px`;
      bubble.style.top = `${box.bottom + 6}px`;
      bubble.showPopover();
    },
  };
}
