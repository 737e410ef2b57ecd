// Loaded before the first paint: the theme that was chosen here before, else the system's.
(() => {
  const root = document.documentElement;
  const kept = () => {
    try { return localStorage.getItem('theme') ?? ''; } catch { return ''; }
  };
  const show = (theme) => { theme ? (root.dataset.theme = theme) : delete root.dataset.theme; };
  show(kept());
  document.addEventListener('DOMContentLoaded', () => {
    const choices = document.querySelectorAll('[data-theme-switch] input');
    const tick = (theme) => { for (const choice of choices) choice.checked = choice.value === theme; };
    tick(kept());
    for (const choice of choices) {
      choice.addEventListener('change', () => {
        show(choice.value);
        tick(choice.value); // the header and the menu have one switch each
        try { localStorage.setItem('theme', choice.value); } catch { /* private mode: for this page only */ }
      });
    }
  });
})();
