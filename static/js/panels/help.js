// The list of keys; single keys can be switched off there, for users of speech input.

import { one } from '../dom.js';
import { OFF } from '../keys.js';
import { browserMemory } from '../memory.js';

/** @param {HTMLDialogElement} dialog */
export function help(dialog) {
  const off = /** @type {HTMLInputElement} */ (one(dialog, '[data-keys-off]'));
  off.addEventListener('change', () => (off.checked ? browserMemory.set(OFF, '1') : browserMemory.forget(OFF)));
  one(dialog, '[data-close]').addEventListener('click', () => dialog.close());

  return {
    open() {
      off.checked = Boolean(browserMemory.get(OFF));
      dialog.showModal();
    },
  };
}
