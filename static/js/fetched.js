// Parts of the page that are loaded when they are first needed. The style sheets of a part stand in
// its data-css and are loaded with it; until then the part is hidden (base.css).

import { all } from './dom.js';

/** @type {Map<string, Promise<void>>} */
const linked = new Map(); // by address

/**
 * @template T
 * @typedef {(() => Promise<T|undefined>) & {it?: T}} Fetched  loads the part at the first call; `it` is the part once it is
 *   there. Undefined where it could not be loaded: the next call tries again.
 */

/**
 * A part and its style sheets, loaded at the first call.
 * @template T @template {HTMLElement} P
 * @param {P} part @param {(part: P) => Promise<T>} make @returns {Fetched<T>}
 */
export function fetched(part, make) {
  /** @type {Promise<T|undefined>|null} */
  let making = null;
  /** @type {Fetched<T>} */
  const get = () => making ??= Promise.all([make(part), linkedFor(part)]).then(([it]) => {
    show(part); // not before its script is there: a control that can be seen works
    return get.it = /** @type {T} */ (it ?? part);
  }, () => {
    making = null;
    sayNotFetched();
    return undefined;
  });
  return get;
}

/** Load it when this sheet is opened for the first time; the open sheet stays hidden until then. @param {HTMLElement} sheet @param {(part: HTMLElement) => Promise<unknown>} make */
export function onOpening(sheet, make) {
  const get = fetched(sheet, make);
  const open = async () => { if (!await get()) sheet.hidePopover(); };
  sheet.addEventListener('beforetoggle', (event) => { if (/** @type {ToggleEvent} */ (event).newState === 'open') open(); });
  if (sheet.matches(':popover-open')) open();
}

/**
 * Load it at the first of these events that matters.
 * @param {EventTarget} target @param {string[]} types @param {() => Promise<unknown>} get @param {(event: any) => unknown} [matters]
 */
export function onFirst(target, types, get, matters = () => true) {
  const listen = async (/** @type {Event} */ event) => {
    if (!matters(event)) return;
    for (const type of types) target.removeEventListener(type, listen);
    if (!await get()) onFirst(target, types, get, matters);
  };
  for (const type of types) target.addEventListener(type, listen);
}

const HELD = ['click', 'input', 'change', 'keydown'];

/**
 * Load it when this part is first touched. Presses and input before it is there are repeated afterwards.
 * @param {HTMLElement} part @param {Fetched<unknown>} get
 */
export function onTouch(part, get) {
  const types = ['focusin', 'pointerdown', ...HELD];
  const hold = async (/** @type {Event} */ event) => {
    const isHeld = !get.it && HELD.includes(event.type);
    if (isHeld && /** @type {KeyboardEvent} */ (event).key !== 'Tab') {
      event.stopPropagation();
      if (event.type === 'click') event.preventDefault();
    }
    const again = isHeld && new /** @type {typeof Event} */ (event.constructor)(event.type, event);
    if (!await get()) return;
    for (const type of types) part.removeEventListener(type, hold, { capture: true });
    if (again) event.target?.dispatchEvent(again);
  };
  for (const type of types) part.addEventListener(type, hold, { capture: true });
}

/** Load the style sheets of a part, then show it. @param {HTMLElement} part */
export async function styled(part) {
  await linkedFor(part);
  show(part);
}

/** @param {HTMLElement} part */
function linkedFor({ dataset: { css = '' } }) {
  return Promise.all(css.split(' ').filter(Boolean).map((address) => {
    const link = linked.get(address) ?? linkTo(address);
    linked.set(address, link);
    return link;
  }));
}

/** @param {HTMLElement} part */
function show(part) {
  delete part.dataset.css;
}

/** @param {string} href @returns {Promise<void>} */
function linkTo(href) {
  return new Promise((done, fail) => {
    const sheet = Object.assign(document.createElement('link'), { rel: 'stylesheet', href, onload: () => done() });
    sheet.onerror = () => { linked.delete(href); sheet.remove(); fail(); };
    document.head.append(sheet);
  });
}

function sayNotFetched() {
  for (const place of all(document, '[data-unfetched]')) place.hidden = false;
}
