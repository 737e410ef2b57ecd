// The playground over the whole window, for a projector.

import { targetOf } from '../dom.js';
import { onKey } from '../keys.js';

/** @param {HTMLElement} root  the playground @param {HTMLElement} button @returns {() => void} enlarge it, or back */
export function enlarge(root, button) {
  const others = /** @type {HTMLElement[]} */ ([...root.parentElement?.children ?? []].filter((part) => part !== root));
  /** @type {HTMLElement|null} */
  let before = null; // had the focus

  /** @param {boolean} isLarge */
  function show(isLarge) {
    if (isLarge) before = /** @type {HTMLElement|null} */ (document.activeElement);
    root.classList.toggle('is-large', isLarge);
    document.documentElement.classList.toggle('has-large', isLarge);
    button.setAttribute('aria-pressed', String(isLarge));
    for (const part of others) part.inert = isLarge; // they are covered
    if (!isLarge && document.activeElement === document.body) before?.focus({ preventScroll: true });
  }

  const turn = () => show(!root.classList.contains('is-large'));
  onKey(document, (event) => {
    if (event.key !== 'Escape' || !root.classList.contains('is-large')) return;
    if (targetOf(event).closest('input, select, textarea, [aria-expanded=true]')) return; // the key closes that first
    if (!document.querySelector('dialog[open], [popover]:popover-open, [data-follow]:not([hidden])')) show(false);
  });
  matchMedia('(max-width: 1023px)').addEventListener('change', ({ matches }) => { if (matches) show(false); });
  return turn;
}
