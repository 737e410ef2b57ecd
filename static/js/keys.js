// Keys that work everywhere on the page, except while the user is typing.

import { targetOf } from './dom.js';

const TYPING = 'input, select, textarea, dialog, [popover], [contenteditable]';
const PRESSED_BY_SPACE = 'button, summary, a, [role=button], [role=tab], [tabindex="0"]';
export const OFF = 'single-keys-off';

/** Is this key press meant for the page? Not while typing, not with Ctrl, not if single keys are off. @param {KeyboardEvent} event */
export function isFree(event) {
  const target = targetOf(event);
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return false;
  if (target.closest(TYPING) || localStorage.getItem(OFF)) return false;
  return event.key !== ' ' || !target.closest(PRESSED_BY_SPACE);
}

/** @param {Object<string, () => void>} meanings  what each key does, by KeyboardEvent.key */
export function keys(meanings) {
  document.addEventListener('keydown', (event) => {
    if (!(event.key in meanings) || !isFree(event)) return;
    event.preventDefault();
    meanings[event.key]();
  });
}
