// The playground over the whole window: for a projector, or for whoever wants to see more.

/** @param {HTMLElement} root  the playground @param {HTMLElement} button @returns {() => void} to and fro */
export function enlarge(root, button) {
  const others = [...root.parentElement.children].filter((part) => part !== root);
  let before = null; // what had the focus

  function show(isLarge) {
    if (isLarge) before = document.activeElement;
    root.classList.toggle('is-large', isLarge);
    document.documentElement.classList.toggle('has-large', isLarge);
    button.setAttribute('aria-pressed', isLarge);
    for (const part of others) part.inert = isLarge; // it lies beneath
    if (!isLarge && document.activeElement === document.body) before?.focus({ preventScroll: true });
  }

  const turn = () => show(!root.classList.contains('is-large'));
  document.addEventListener('keydown', ({ key, target }) => {
    if (key !== 'Escape' || !root.classList.contains('is-large')) return;
    if (target.closest('input, select, textarea, [aria-expanded=true]')) return; // it closes something else
    if (!document.querySelector('dialog[open], [popover]:popover-open, [data-follow]:not([hidden])')) show(false);
  });
  matchMedia('(max-width: 1023px)').addEventListener('change', ({ matches }) => { if (matches) show(false); });
  return turn;
}
