// Take a drawing away: as SVG to the clipboard, as SVG or PNG to a file.

import { copy } from '../copy.js';
import { element } from '../dom.js';
import { png, still } from '../picture/still.js';

/** @param {HTMLElement} place with buttons @param {() => SVGSVGElement|null} drawing @param {() => string} name of the file */
export function share(place, drawing, name) {
  const says = element('span', { class: 'hint', role: 'status' });
  place.append(says);
  place.addEventListener('click', async ({ target }) => {
    const button = target.closest('[data-share]');
    const drawn = button && drawing();
    if (!button) return;
    says.textContent = '';
    try {
      if (!drawn) throw new Error('nothing is drawn yet');
      await WAYS[button.dataset.share](still(drawn), button, name());
    } catch (error) {
      says.textContent = `That did not work: ${error.message}. The drawing is still there; try another form.`;
    }
  });
}

const WAYS = {
  'copy-svg': ({ text }, button) => copy(text, button),
  svg: ({ text }, button, name) => save(new Blob([text], { type: 'image/svg+xml' }), `${name}.svg`),
  png: async (picture, button, name) => save(await png(picture), `${name}.png`),
};

function save(blob, file) {
  const address = URL.createObjectURL(blob);
  const link = element('a', { href: address, download: file });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
