// The only place that hears keys: one press is one act, however long the key is held.

import { targetOf } from './dom.js';
import { browserMemory } from './memory.js';

const TYPING = 'input, select, textarea, dialog, [popover]:popover-open, [contenteditable]';
const PRESSED_BY_SPACE = 'button, summary, a, [role=button], [role=tab], [tabindex="0"]';
const MAY_REPEAT = new Set(['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'PageUp', 'PageDown', ',', '.', '[', ']', '+', '=', '-']); // they move or zoom
const COMPOSES = 229; // keyCode: in Safari, the key that ends a composition no longer says isComposing
export const OFF = 'single-keys-off';

/**
 * Hear the keys of a place: no repeats of a key that does something, none that composes a character, none of the browser's.
 * @param {HTMLElement|SVGElement|Document} place @param {(event: KeyboardEvent) => void} act
 * @param {{withAlt?: boolean}} options  keys with Alt, and no others
 */
export function onKey(place, act, { withAlt = false } = {}) {
  /** @type {EventTarget} */ (place).addEventListener('keydown', (raw) => {
    const event = /** @type {KeyboardEvent} */ (raw);
    if (event.isComposing || event.keyCode === COMPOSES) return;
    if (event.ctrlKey || event.metaKey || event.altKey !== withAlt) return;
    if (event.repeat && !MAY_REPEAT.has(event.key)) return;
    act(event);
  });
}

/** Keys that work everywhere on the page. @param {Object<string, () => void>} meanings  what each key does, by KeyboardEvent.key */
export function keys(meanings) {
  onKey(document, (event) => {
    if (!Object.hasOwn(meanings, event.key) || !isFree(event)) return;
    event.preventDefault();
    meanings[event.key]();
  });
}

/** Enter that is held down would press a button, or send a form, again and again. */
export function pressOnce() {
  document.addEventListener('keydown', (event) => {
    if (event.repeat && event.key === 'Enter' && !targetOf(event).closest('textarea')) event.preventDefault();
  }, { capture: true });
}

/** Is this key press meant for the page? Not while typing, not if single keys are off. @param {KeyboardEvent} event */
function isFree(event) {
  const target = targetOf(event);
  if (event.defaultPrevented || target.closest(TYPING) || browserMemory.get(OFF)) return false;
  return event.key !== ' ' || !target.closest(PRESSED_BY_SPACE);
}
