// Copying, and telling people so.

import { element } from './dom.js';

/** Copy, and say so on the button. Where the browser won't, show the text to be copied by hand. */
export async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    return showToCopy(text);
  }
  const label = button.lastChild;
  const before = label.textContent;
  label.textContent = 'Copied';
  setTimeout(() => { label.textContent = before; }, 1600);
}

function showToCopy(text) {
  const area = element('textarea', { rows: 8, readonly: true, 'aria-label': 'Text to copy' });
  area.value = text;
  const close = element('button', { class: 'primary', type: 'button' }, 'Close');
  const dialog = element('dialog', { class: 'copy' }, element('p', {}, 'Your browser lets no page copy by itself here. Copy this:'), area, close);
  close.addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  area.select();
}
