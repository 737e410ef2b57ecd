// Tabs, as the ARIA Authoring Practices describe them: arrow keys choose, one tab stop.

/** @param {HTMLElement} tablist @param {(panel: HTMLElement, isSeen: boolean) => void} tell */
export function tabs(tablist, tell) {
  const all = [...tablist.querySelectorAll('[role=tab]')];
  const choose = (chosen) => {
    for (const tab of all) {
      const isIt = tab === chosen;
      tab.setAttribute('aria-selected', isIt);
      tab.tabIndex = isIt ? 0 : -1;
      const panel = document.getElementById(tab.getAttribute('aria-controls'));
      panel.hidden = !isIt;
      tell(panel, isIt);
    }
  };
  tablist.addEventListener('click', ({ target }) => {
    const tab = target.closest('[role=tab]');
    if (tab) choose(tab);
  });
  tablist.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = all[(all.indexOf(event.target) + step + all.length) % all.length];
    choose(next);
    next.focus();
  });
}
