// The sandbox: the playground, and buttons that choose a known design to begin with.

import { start as startPlayground } from './app.js';
import { all, one } from './dom.js';
import { call, problemText } from './live/api.js';

export function start() {
  const playground = startPlayground();
  const status = one(document, '[data-begun]');
  for (const button of all(document, '[data-begin-with]')) {
    button.addEventListener('click', async () => {
      const { status: code, data } = await call('PATCH', '/api/playground/design', { preset: button.dataset.beginWith });
      status.textContent = code === 200 ? `From now on: ${button.dataset.beginWith}.` : problemText(data);
    });
  }
  return playground;
}
