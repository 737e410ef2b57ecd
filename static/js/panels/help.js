// The list of keys; there they can be switched off, for whoever speaks to the computer.

import { OFF } from '../keys.js';

/** @param {HTMLDialogElement} dialog */
export function help(dialog) {
  const off = dialog.querySelector('[data-keys-off]');
  off.addEventListener('change', () => (off.checked ? localStorage.setItem(OFF, '1') : localStorage.removeItem(OFF)));
  dialog.querySelector('[data-close]').addEventListener('click', () => dialog.close());

  return {
    open() {
      off.checked = Boolean(localStorage.getItem(OFF));
      dialog.showModal();
    },
  };
}
