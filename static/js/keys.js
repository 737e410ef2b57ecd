// Keys that work everywhere on the page, as long as nobody is typing.

const TYPING = 'input, select, textarea, dialog, [popover], [contenteditable]';
const PRESSED_BY_SPACE = 'button, summary, a, [role=button], [role=tab], [tabindex="0"]';
export const OFF = 'single-keys-off';

/** May this key press mean something to the page? Not while typing, not with Ctrl, not if switched off. */
export function isFree(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return false;
  if (event.target.closest(TYPING) || localStorage.getItem(OFF)) return false;
  return event.key !== ' ' || !event.target.closest(PRESSED_BY_SPACE);
}

/** @param {Object<string, () => void>} meanings  what each key does, by KeyboardEvent.key */
export function keys(meanings) {
  document.addEventListener('keydown', (event) => {
    if (!(event.key in meanings) || !isFree(event)) return;
    event.preventDefault();
    meanings[event.key]();
  });
}
