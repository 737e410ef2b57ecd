// The sequence diagram of a story: its source comes from the server, and it is drawn while the tab is open.

import { copy } from '../copy.js';
import { all, detailOf, one, throttled } from '../dom.js';
import { draw } from '../mermaid/draw.js';
import { share } from './share.js';
import { spoken, stories } from './stories.js';

const PAUSE_MS = 500; // at most twice a second

/**
 * @param {HTMLElement} root @param {import('../state/store.js').Store} store
 * @param {{socket: import('../live/socket.js').PlaygroundSocket, choice: import('../state/choice.js').Choice}} more
 */
export function sequence(root, store, { socket, choice }) {
  const find = (/** @type {string} */ name) => one(root, `[data-sequence-${name}]`);
  const place = one(root, '[data-sequence]');
  const [words, problem, tools] = ['of', 'problem', 'share'].map(find);
  const button = one(root, '[data-copy-mermaid]');
  let source = '';
  /** @type {string|undefined} */
  let watched; // the trace that the server sends; undefined: none
  let isDrawing = false;

  const render = throttled(PAUSE_MS, async () => {
    if (root.hidden || isDrawing || !source) return;
    const drawn = source;
    isDrawing = true;
    try {
      const svg = await draw(drawn);
      if (source) show(svg);
    } catch (error) {
      say(`This story could not be drawn: ${error instanceof Error ? error.message : error}. The list and the log show the same.`);
    }
    isDrawing = false;
    if (source !== drawn) render();
  });

  /** @param {SVGSVGElement} svg */
  function show(svg) {
    svg.classList.add('mm', 'seq');
    svg.setAttribute('role', 'img');
    svg.setAttribute('aria-label', `Sequence diagram: ${words.textContent} The same as text in the list and the log.`);
    svg.style.width = `${Math.round(svg.viewBox.baseVal.width)}px`;
    for (const note of all(svg, '.noteText')) {
      if (note.textContent === 'has the answer') note.parentElement?.classList.add('is-answer');
    }
    place.replaceChildren(svg);
    say('');
  }

  /** @param {string} text */
  function say(text) {
    problem.hidden = !text;
    problem.textContent = text;
  }

  /** Request the chosen story. A run of many requests has no single sequence. */
  function watch() {
    if (root.hidden) return;
    const story = choice.story(store.state.log);
    if (!story) return;
    const trace = story.requests === 1 ? story.id : '';
    if (story.name) words.textContent = spoken(story);
    if (story.requests > 1) say('These are many requests, each with its own sequence: choose one of them.');
    if (trace === watched) return;
    watched = trace;
    source = '';
    place.replaceChildren();
    tools.hidden = true;
    if (trace) {
      say('');
      socket.watch(trace);
    }
  }

  store.addEventListener('sequence', (event) => {
    const detail = detailOf(event);
    if (detail.trace !== watched) return;
    source = detail.source;
    tools.hidden = false;
    if (!store.frozen) render();
  });
  const later = throttled(PAUSE_MS, watch);
  for (const type of ['records', 'seek']) store.addEventListener(type, later);
  choice.addEventListener('chosen', watch);
  store.addEventListener('frozen', () => { if (!store.frozen && source) render(); });
  button.addEventListener('click', () => copy(source, button));
  const chooser = stories(/** @type {HTMLSelectElement} */ (find('stories')), store, choice);
  share(tools, () => place.querySelector('svg'), () => `sequence-${String(watched).slice(0, 8)}`);

  return {
    /** @param {boolean} isSeen */
    seen(isSeen) {
      watched = undefined;
      if (!isSeen) return socket.watch(undefined);
      chooser.show();
      watch();
    },
  };
}
