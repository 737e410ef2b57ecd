// The last request of the controls above it, as a command to copy.

import { all, element } from '../dom.js';
import { problemText } from '../live/api.js';

/** @param {import('../live/api.js').Request} request */
export function offer(request) {
  for (const place of all(document, '[data-as-curl]')) {
    if (!(place.dataset.asCurl ?? '').split(' ').some((path) => request.path.startsWith(path))) continue;
    const button = element('button', { type: 'button', class: 'small' }, 'Copy as curl');
    const problem = element('span', { class: 'hint', role: 'alert' });
    button.addEventListener('click', async () => {
      const { copyCurl } = await import('./curl.js');
      await copyCurl(request, button, (why) => { problem.textContent = problemText(why); });
    });
    place.replaceChildren(element('code', {}, `${request.method} ${request.path}`), button, problem);
    place.hidden = false;
  }
}
