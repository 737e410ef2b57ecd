// A drawing with its styles inside, which looks the same anywhere: as SVG or as PNG.

import { all } from '../dom.js';

// What the page's CSS may set on a shape; each is also an SVG attribute.
const STYLES = [
  'fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-opacity', 'stroke-dasharray', 'stroke-linecap', 'stroke-linejoin',
  'opacity', 'display', 'visibility', 'paint-order', 'text-anchor', 'dominant-baseline', 'font-family', 'font-size', 'font-weight', 'letter-spacing',
];
const SIZES = ['rx', 'ry', 'r'];
const MARGIN = 12;
const SHARP = 2; // pixels of the PNG per unit of the drawing

/** @param {SVGSVGElement} drawn on the page @returns {{text: string, width: number, height: number}} */
export function still(drawn) {
  const copy = /** @type {SVGSVGElement} */ (drawn.cloneNode(true));
  const [from, to] = [drawn, copy].map((root) => [root, ...parts(root, '*')]);
  from.forEach((element, i) => inline(element, to[i]));
  for (const gone of parts(copy, '.hit')) gone.remove();
  for (const element of [copy, ...parts(copy, '*')]) tidy(element);
  const { x, y, width, height } = drawn.viewBox.baseVal;
  const size = { width: Math.ceil(width) + 2 * MARGIN, height: Math.ceil(height) + 2 * MARGIN };
  set(copy, { ...size, viewBox: `${x - MARGIN} ${y - MARGIN} ${size.width} ${size.height}`, xmlns: 'http://www.w3.org/2000/svg' });
  const paper = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  set(paper, { x: x - MARGIN, y: y - MARGIN, ...size, fill: paperColour(drawn), stroke: 'none' });
  copy.prepend(paper);
  return { text: `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(copy)}`, ...size };
}

/** @param {{text: string, width: number, height: number}} picture @returns {Promise<Blob>} */
export async function png({ text, width, height }) {
  const image = new Image();
  // A data: URL, since the page's policy allows images from nowhere else.
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width: width * SHARP, height: height * SHARP });
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('the browser could not make a picture'))), 'image/png');
  });
}

/** @param {ParentNode} root @param {string} selector @returns {SVGElement[]} */
const parts = (root, selector) => all(root, selector);

/** @param {SVGElement} element @param {Object<string, string|number>} values */
function set(element, values) {
  for (const [name, value] of Object.entries(values)) element.setAttribute(name, String(value));
}

/** @param {SVGElement} element @param {SVGElement} copy */
function inline(element, copy) {
  const style = getComputedStyle(element);
  for (const name of STYLES) {
    const value = style.getPropertyValue(name);
    // A pattern is named by the shape itself; CSS would name it by an address.
    if (value && !(name === 'fill' && element.getAttribute('fill')?.startsWith('url('))) copy.setAttribute(name, value);
  }
  for (const name of SIZES) {
    const value = style.getPropertyValue(name);
    if (value && value !== 'auto' && copy.localName === (name === 'r' ? 'circle' : 'rect')) copy.setAttribute(name, value);
  }
}

/** @param {SVGElement} element */
function tidy(element) {
  for (const name of ['class', 'style', 'role', 'tabindex', ...Object.keys(element.dataset ?? {}).map((key) => `data-${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`)]) element.removeAttribute(name);
}

/** The first background behind it. @param {Element} drawn */
function paperColour(drawn) {
  for (let element = drawn.parentElement; element; element = element.parentElement) {
    const { backgroundColor } = getComputedStyle(element);
    if (backgroundColor !== 'rgba(0, 0, 0, 0)' && backgroundColor !== 'transparent') return backgroundColor;
  }
  return '#fff';
}
