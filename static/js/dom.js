// Making and finding elements.

/** @typedef {string|number|boolean|null|undefined} Attribute  false, null and undefined leave it out @typedef {Node|string|number|null|undefined} Child */

/**
 * E.g. element('li', {class: 'row', hidden: true}, 'text', child)
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag @param {Object<string, Attribute>} [attributes] @param {Child[]} children
 */
export function element(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

const SVG = 'http://www.w3.org/2000/svg';

/**
 * @template {keyof SVGElementTagNameMap} T
 * @param {T} tag @param {Object<string, Attribute>} [attributes] @param {Child[]} children
 */
export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

/** One of the shapes of states in the sprite. @param {string} look */
export function mark(look) {
  return svg('svg', { class: `s ${look}`, 'aria-hidden': 'true' }, svg('use', { href: `#s-${look}` }));
}

/**
 * The one element that matches: it is an error if there is none.
 * @template {Element} [T=HTMLElement]
 * @param {ParentNode} root @param {string} selector @returns {T}
 */
export function one(root, selector) {
  const found = root.querySelector(selector);
  if (!found) throw new Error(`The page has no ${selector}.`);
  return /** @type {T} */ (/** @type {unknown} */ (found));
}

/**
 * All elements that match.
 * @template {Element} [T=HTMLElement]
 * @param {ParentNode} root @param {string} selector @returns {T[]}
 */
export const all = (root, selector) => /** @type {T[]} */ (/** @type {unknown[]} */ ([...root.querySelectorAll(selector)]));

/** The element that an event came from. @param {Event} event @returns {HTMLElement} */
export const targetOf = ({ target }) => /** @type {HTMLElement} */ (target);

/** The details of a CustomEvent. @param {Event} event @returns {any} */
export const detailOf = (event) => /** @type {CustomEvent} */ (event).detail;

/** The data that the server has put into the page. @param {string} id */
export const pageData = (id) => JSON.parse(one(document, `#${id}`).textContent ?? '');

/** @template {Element} T @param {T} made @param {Object<string, Attribute>} attributes @param {Child[]} children @returns {T} */
function fill(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, '');
    else if (value !== false && value !== undefined && value !== null) made.setAttribute(name, String(value));
  }
  for (const child of children) if (child !== null && child !== undefined) made.append(typeof child === 'number' ? String(child) : child);
  return made;
}

/** Call at most once per `pause` ms; the last call is never lost. @param {number} pause @param {() => void} call */
export function throttled(pause, call) {
  /** @type {ReturnType<typeof setTimeout>|null} */
  let timer = null;
  let last = -Infinity;
  return () => {
    if (timer !== null) return;
    const wait = Math.max(0, last + pause - performance.now());
    timer = setTimeout(() => {
      timer = null;
      last = performance.now();
      call();
    }, wait);
  };
}
