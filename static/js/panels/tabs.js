// Tabs, as the ARIA Authoring Practices describe them: arrow keys choose, one tab stop.

import { all as allOf, one, targetOf } from '../dom.js';
import { onKey } from '../keys.js';

/** @param {HTMLElement} tablist @param {(panel: HTMLElement, isSeen: boolean) => void} tell */
export function tabs(tablist, tell) {
  const all = allOf(tablist, '[role=tab]');
  const choose = (/** @type {HTMLElement} */ chosen) => {
    for (const tab of all) {
      const isIt = tab === chosen;
      tab.setAttribute('aria-selected', String(isIt));
      tab.tabIndex = isIt ? 0 : -1;
      const panel = one(document, `#${tab.getAttribute('aria-controls')}`);
      panel.hidden = !isIt;
      tell(panel, isIt);
    }
  };
  tablist.addEventListener('click', (event) => {
    const tab = /** @type {HTMLElement|null} */ (targetOf(event).closest('[role=tab]'));
    if (tab) choose(tab);
  });
  onKey(tablist, (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key] ?? 0;
    if (!step) return;
    event.preventDefault();
    const next = all[(all.indexOf(targetOf(event)) + step + all.length) % all.length];
    choose(next);
    next.focus();
  });
}
