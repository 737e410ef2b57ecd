// Copies a drawing as SVG, or saves it as SVG or PNG.

import { copy } from '../copy.js';
import { element, targetOf } from '../dom.js';
import { png, still } from '../picture/still.js';

/** @param {HTMLElement} place with buttons @param {() => SVGSVGElement|null} drawing @param {() => string} name of the file */
export function share(place, drawing, name) {
  const says = element('span', { class: 'hint', role: 'status' });
  place.append(says);
  place.addEventListener('click', async (event) => {
    const button = /** @type {HTMLElement|null} */ (targetOf(event).closest('[data-share]'));
    const drawn = button && drawing();
    if (!button) return;
    says.textContent = '';
    try {
      if (!drawn) throw new Error('nothing is drawn yet');
      await EXPORTS[button.dataset.share ?? ''](still(drawn), button, name());
    } catch (error) {
      says.textContent = `Export failed: ${error instanceof Error ? error.message : error}. Try another format.`;
    }
  });
}

/** @typedef {ReturnType<typeof still>} Still */

/** @type {Object<string, (picture: Still, button: HTMLElement, name: string) => unknown>} */
const EXPORTS = {
  'copy-svg': ({ text }, button) => copy(text, button),
  svg: ({ text }, button, name) => save(new Blob([text], { type: 'image/svg+xml' }), `${name}.svg`),
  png: async (picture, button, name) => save(await png(picture), `${name}.png`),
};

/** @param {Blob} blob @param {string} file */
function save(blob, file) {
  const address = URL.createObjectURL(blob);
  const link = element('a', { href: address, download: file });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
