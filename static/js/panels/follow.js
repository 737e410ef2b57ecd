// One message is followed: which, and how to stop.

/** @param {HTMLElement} bar */
export function follow(bar, picture) {
  const words = bar.querySelector('span');
  bar.querySelector('button').addEventListener('click', () => picture.follow(null));
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !bar.hidden && !document.querySelector('dialog[open], [popover]:popover-open')) picture.follow(null);
  });

  return {
    show(record) {
      bar.hidden = record === null;
      words.textContent = record ? `Following ${record.name} (${record.message.slice(0, 6)}); all else is dimmed.` : '';
    },
  };
}
