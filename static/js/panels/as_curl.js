// What a knob has just sent, below the knobs of its kind, to be taken along as a command.

import { element } from '../dom.js';
import { trouble } from '../live/api.js';

/** @param {{method: string, path: string, text: string|undefined}} request */
export function offer(request) {
  for (const place of document.querySelectorAll('[data-as-curl]')) {
    if (!place.dataset.asCurl.split(' ').some((path) => request.path.startsWith(path))) continue;
    const button = element('button', { type: 'button', class: 'small' }, 'Copy as curl');
    const problem = element('span', { class: 'hint', role: 'alert' });
    button.addEventListener('click', async () => {
      const { copyCurl } = await import('./curl.js');
      await copyCurl(request, button, (why) => { problem.textContent = trouble(why); });
    });
    place.replaceChildren(element('code', {}, `${request.method} ${request.path}`), button, problem);
    place.hidden = false;
  }
}
