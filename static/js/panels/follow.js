// The bar that says which message is followed, and stops it.

import { one } from '../dom.js';
import { onKey } from '../keys.js';

/** @param {HTMLElement} bar @param {import('../picture/picture.js').Picture} picture */
export function follow(bar, picture) {
  const words = one(bar, 'span');
  one(bar, 'button').addEventListener('click', () => picture.follow(null));
  onKey(document, ({ key }) => {
    if (key === 'Escape' && !bar.hidden && !document.querySelector('dialog[open], [popover]:popover-open')) picture.follow(null);
  });

  return {
    /** @param {import('../state/types.js').Rec|null} record */
    show(record) {
      bar.hidden = record === null;
      words.textContent = record ? `Following ${record.name} (${record.message?.slice(0, 6)}); everything else is dimmed.` : '';
    },
  };
}
