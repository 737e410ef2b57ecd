// The list of keys; single keys can be switched off there, for users of speech input.

import { one } from '../dom.js';
import { OFF } from '../keys.js';

/** @param {HTMLDialogElement} dialog */
export function help(dialog) {
  const off = /** @type {HTMLInputElement} */ (one(dialog, '[data-keys-off]'));
  off.addEventListener('change', () => (off.checked ? localStorage.setItem(OFF, '1') : localStorage.removeItem(OFF)));
  one(dialog, '[data-close]').addEventListener('click', () => dialog.close());

  return {
    open() {
      off.checked = Boolean(localStorage.getItem(OFF));
      dialog.showModal();
    },
  };
}
