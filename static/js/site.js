// The header: the key / goes to the search, wherever it is.

const menu = document.querySelector('#site');
const search = menu.querySelector('[data-search]');

document.addEventListener('keydown', (event) => {
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest('input, select, textarea, dialog, [contenteditable]')) return;
  event.preventDefault();
  if (!search.offsetParent && !menu.matches(':popover-open')) menu.showPopover();
  search.focus();
  search.select();
});
