// Copying to the clipboard.

import { element } from './dom.js';

/** Copy, and say so on the button. Where the browser does not allow it, show the text. @param {string} text @param {HTMLElement} button */
export async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    return showToCopy(text);
  }
  const label = button.lastChild ?? button;
  const before = label.textContent;
  label.textContent = 'Copied';
  setTimeout(() => { label.textContent = before; }, 1600);
}

/** @param {string} text */
function showToCopy(text) {
  const area = element('textarea', { rows: 8, readonly: true, 'aria-label': 'Text to copy' });
  area.value = text;
  const close = element('button', { class: 'primary', type: 'button' }, 'Close');
  const dialog = element('dialog', { class: 'copy' }, element('p', {}, 'Your browser does not let this page copy. Copy the text yourself:'), area, close);
  close.addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  area.select();
}
