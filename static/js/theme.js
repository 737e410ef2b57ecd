// Loaded before the first paint, so this is a classic script and not a module: the theme that was
// chosen before, else the system's. The switch itself is in site.js.
(() => {
  try {
    const theme = localStorage.getItem('theme');
    if (theme) document.documentElement.dataset.theme = theme;
  } catch { /* private mode: the system's theme */ }
})();
