// Parts of the page that are fetched when they are first needed: they weigh nothing until then.

/**
 * A view that is fetched when it is first seen.
 * @param {() => Promise<{seen: (isSeen: boolean) => void}>} make
 * @returns {(isSeen: boolean) => Promise<void>}
 */
export function fetched(make) {
  let view = null;
  return async (isSeen) => {
    if (!isSeen && !view) return;
    view ??= make();
    (await view).seen(isSeen);
  };
}

/** Make it before this sheet opens for the first time; at once where it is no sheet, but stands open. */
export function onOpening(part, make) {
  const sheet = part.closest('[popover]');
  if (sheet) sheet.addEventListener('beforetoggle', make, { once: true });
  else make();
}

/** Link these sheets once the page has been painted. @param {string[]} addresses */
export function linkLater(addresses) {
  const link = () => document.head.append(...addresses.map((href) => Object.assign(document.createElement('link'), { rel: 'stylesheet', href })));
  requestAnimationFrame(() => setTimeout(link));
}
