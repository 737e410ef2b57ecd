// Parts of the page that are fetched when they are first needed: they weigh nothing until then.
// What a part looks like is fetched with it: its sheets stand in data-css, and as long as they
// stand there nothing of it is seen (css/base/base.css).

const linked = new Map(); // address -> promise

/**
 * A part and its sheets, fetched at the first call. It is also there as `.it`, once it is.
 * @template T @param {HTMLElement} part @param {(part: HTMLElement) => Promise<T>} make
 * @returns {(() => Promise<T|undefined>) & {it?: T}}  undefined where it could not be fetched: the next call tries again
 */
export function fetched(part, make) {
  let making = null;
  const get = () => making ??= Promise.all([make(part), styled(part)]).then(([it]) => get.it = it ?? part, () => {
    making = null;
    tell();
  });
  return get;
}

/** Fetch it when this sheet is opened for the first time; until it is there the open sheet is not seen. */
export function onOpening(sheet, make) {
  const get = fetched(sheet, make);
  const open = async () => { if (!await get()) sheet.hidePopover(); };
  sheet.addEventListener('beforetoggle', ({ newState }) => { if (newState === 'open') open(); });
  if (sheet.matches(':popover-open')) open();
}

/** Fetch it at the first of these events that matters. */
export function onFirst(target, types, get, matters = () => true) {
  const listen = async (event) => {
    if (!matters(event)) return;
    for (const type of types) target.removeEventListener(type, listen);
    if (!await get()) onFirst(target, types, get, matters);
  };
  for (const type of types) target.addEventListener(type, listen);
}

const HELD = { click: MouseEvent, input: Event, change: Event, keydown: KeyboardEvent };

/** Fetch it when this part is first touched. What is done there until then is done again once it is there. */
export function onTouch(part, get) {
  const types = ['focusin', 'pointerdown', ...Object.keys(HELD)];
  const hold = async (event) => {
    const Repeated = HELD[event.type];
    if (!get.it && Repeated && event.key !== 'Tab') {
      event.stopPropagation();
      if (event.type === 'click') event.preventDefault();
    }
    const again = !get.it && Repeated && new Repeated(event.type, event);
    if (!await get()) return;
    for (const type of types) part.removeEventListener(type, hold, { capture: true });
    if (again) event.target.dispatchEvent(again);
  };
  for (const type of types) part.addEventListener(type, hold, { capture: true });
}

/** Link the sheets of a part; it is seen when they are there. */
export async function styled(part) {
  const { css = '' } = part.dataset;
  await Promise.all(css.split(' ').filter(Boolean).map((address) => {
    if (!linked.has(address)) linked.set(address, link(address));
    return linked.get(address);
  }));
  delete part.dataset.css;
}

function link(href) {
  return new Promise((done, fail) => {
    const sheet = Object.assign(document.createElement('link'), { rel: 'stylesheet', href, onload: done });
    sheet.onerror = () => { linked.delete(href); sheet.remove(); fail(); };
    document.head.append(sheet);
  });
}

function tell() {
  const place = document.querySelector('[data-unfetched]');
  if (place) place.hidden = false;
}
