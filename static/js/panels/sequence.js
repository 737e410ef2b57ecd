// The sequence diagram of the newest story: made by the server, drawn while it is seen.

import { copy, throttled } from '../dom.js';
import { draw } from '../mermaid/draw.js';

const PAUSE_MS = 500; // at most twice a second

export function sequence(root, store, socket) {
  const place = root.querySelector('[data-sequence]');
  const words = root.querySelector('[data-sequence-of]');
  const button = root.querySelector('[data-copy-mermaid]');
  let source = '';
  let isDrawing = false;

  const render = throttled(PAUSE_MS, async () => {
    if (root.hidden || isDrawing) return;
    const drawn = source;
    isDrawing = true;
    try {
      const svg = await draw(drawn);
      svg.classList.add('mm', 'seq');
      svg.setAttribute('role', 'img');
      svg.setAttribute('aria-label', 'Sequence diagram; the same as text in the list and the log.');
      const box = svg.viewBox.baseVal;
      svg.style.width = `${Math.round(box.width)}px`;
      place.replaceChildren(svg);
    } catch (error) {
      words.textContent = `This story could not be drawn: ${error.message}`;
    }
    isDrawing = false;
    if (source !== drawn) render();
  });

  store.addEventListener('sequence', ({ detail }) => {
    source = detail.source;
    const run = store.state.run;
    words.textContent = run ? run.name : `Trace ${detail.trace.slice(0, 8)}`;
    button.hidden = false;
    if (!store.frozen) render();
  });
  store.addEventListener('frozen', () => { if (!store.frozen && source) render(); });
  button.addEventListener('click', () => copy(source, button));

  return { seen: (isSeen) => socket.watch(isSeen ? null : undefined) };
}
