// What a message looks like: a call is a disc, a text is an envelope, and each outcome has a shape.

import { svg } from '../dom.js';

/** @type {Object<string, () => SVGElement[]>} */
const SHAPES = {
  waiting: () => [svg('circle', { r: 5 })],
  retry: () => [svg('path', { d: 'M0-7.5 7 6H-7z' })],
  failed: () => [svg('path', { d: 'M-5-5 5 5M5-5-5 5' })],
  dead: () => [svg('path', { d: 'M-5.5-5.5h11v11h-11z' })],
  duplicate: () => [svg('circle', { r: 5, cx: 4 }), svg('circle', { r: 5, cx: -3 })],
  lost: () => [svg('circle', { r: 6 }), svg('path', { d: 'M-4 4 4-4' })],
};
/** @type {Object<string, () => SVGElement[]>} */
const WHOLE = {
  call: () => [svg('circle', { r: 6 })],
  text: () => [svg('path', { d: 'M-7.5-5.5h15v11h-15z' }), svg('path', { class: 'flap', d: 'M-7-5 0 1 7-5' })],
};

/** @param {string} look  of lookOf @param {string} [style]  call | text */
export function shapeOf(look, style = 'call') {
  return look === 'ok' ? (WHOLE[style] ?? WHOLE.call)() : SHAPES[look]();
}
