// Labels above the drawing. Each has a key; only what has changed is touched.

import { svg } from '../dom.js';

const [CHAR, SMALL_CHAR] = [6.6, 6.1];

/**
 * @typedef {{key: string, x: number, y: number, words: string, look: string, small?: boolean, slots?: {taken: number, of: number}}} Tag
 */
export class Tags {
  #layer;
  /** @type {Map<string, {form: string, words: string, element: SVGElement, text: SVGElement}>} */
  #shown = new Map(); // by key

  /** @param {SVGElement} layer */
  constructor(layer) { this.#layer = layer; }

  /** @param {Tag[]} tags  all that there are now */
  show(tags) {
    const keys = new Set(tags.map((tag) => tag.key));
    for (const [key, { element }] of this.#shown) {
      if (keys.has(key)) continue;
      element.remove();
      this.#shown.delete(key);
    }
    for (const tag of tags) this.#put(tag);
  }

  /** @param {Tag} tag */
  #put(tag) {
    const known = this.#shown.get(tag.key);
    const form = `${tag.look} ${Math.round(tag.x)} ${Math.round(tag.y)} ${tag.words.length} ${tag.slots?.taken ?? ''} ${tag.slots?.of ?? ''}`;
    if (known?.form === form) {
      if (known.words !== tag.words) known.text.textContent = known.words = tag.words;
      return;
    }
    const text = svg('text', { x: tag.look ? 7 : 0, y: 0.5 }, tag.words);
    const element = this.#draw(tag, text);
    if (known) known.element.replaceWith(element);
    else this.#layer.append(element);
    this.#shown.set(tag.key, { form, words: tag.words, element, text });
  }

  /** @param {Tag} tag @param {SVGElement} text */
  #draw({ key, x, y, words, look, small, slots }, text) {
    const [size, height] = small ? [SMALL_CHAR, 15] : [CHAR, 18];
    const width = (look ? 27 : 14) + words.length * size;
    const sign = look ? [svg('use', { href: `#s-${look}`, class: `s ${look}`, x: 7 - width / 2, y: -5, width: 10, height: 10 })] : [];
    return svg('g', { class: `tag ${look}${small ? ' small' : ''}`, transform: `translate(${x},${y})`, 'data-tag': key },
      svg('rect', { x: -width / 2, y: -height / 2, width, height, rx: height / 2 }), ...sign, text, ...(slots ? places(slots, height) : []));
  }
}

/** Request slots, one square each: taken or free. @param {{taken: number, of: number}} slots @param {number} y */
function places({ taken, of }, y) {
  const pitch = Math.min(11, 110 / of);
  return Array.from({ length: of }, (_, i) => svg('rect', {
    class: `slot${i < taken ? ' taken' : ''}`, x: (i - of / 2) * pitch, y: y - 4, width: pitch - 2, height: 8, rx: 1.5,
  }));
}
