// The sandbox: a known design to begin with, beside the title.

import { call, trouble } from './live/api.js';

const told = document.querySelector('[data-begun]');

for (const button of document.querySelectorAll('[data-begin-with]')) {
  button.addEventListener('click', async () => {
    const { status, data } = await call('PATCH', '/api/playground/design', { preset: button.dataset.beginWith });
    told.textContent = status === 200 ? `From now on: ${button.dataset.beginWith}.` : trouble(data);
  });
}
