// On every page: the theme switch, the key / for the search, and what is wrong without cookies.

import { all, one } from './dom.js';
import { keys, pressOnce } from './keys.js';
import { browserMemory } from './memory.js';

export function start() {
  pressOnce();
  themeSwitch();
  searchKey(one(document, '#site'));
  if (!navigator.cookieEnabled) one(document, '[data-no-cookies]').hidden = false;
}

function themeSwitch() {
  /** @type {HTMLInputElement[]} */
  const choices = all(document, '[data-theme-switch] input');
  const root = document.documentElement;
  const show = (/** @type {string} */ theme) => {
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
    for (const choice of choices) choice.checked = choice.value === theme; // the header and the menu have one each
  };
  show(root.dataset.theme ?? '');
  for (const choice of choices) {
    choice.addEventListener('change', () => {
      show(choice.value);
      browserMemory.set('theme', choice.value);
    });
  }
}

/** @param {HTMLElement} menu */
function searchKey(menu) {
  /** @type {HTMLInputElement} */
  const search = one(menu, '[data-search]');
  keys({
    '/': () => {
      if (!search.offsetParent && !menu.matches(':popover-open')) menu.showPopover();
      search.focus();
      search.select();
    },
  });
}
