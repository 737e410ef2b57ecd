// Keeps the place of the reader: the block at the top of the text, and how far it is scrolled.

import { all, one, throttled } from '../dom.js';
import { browserMemory } from '../memory.js';

const LINE_PX = 90; // below the top bar

/** @param {HTMLElement} article */
export function keepPlace(article) {
  const key = `place:${article.dataset.lesson}`;
  const play = one(document, '.play');
  const blocks = () => all(article, ':scope > *');
  const top = () => (play.classList.contains('is-pinned-top') ? play.getBoundingClientRect().bottom : LINE_PX);

  function save() {
    const now = blocks();
    const line = top();
    const at = now.findIndex((block) => block.getBoundingClientRect().bottom > line);
    if (scrollY < 60 || at < 0) return browserMemory.forget(key);
    browserMemory.set(key, JSON.stringify({ at, above: Math.round(line - now[at].getBoundingClientRect().top) }));
  }

  function restore() {
    const kept = browserMemory.json(key);
    const block = kept && blocks()[kept.at];
    if (block) scrollTo({ top: block.getBoundingClientRect().top + scrollY - top() + kept.above, behavior: 'instant' });
  }

  if (!location.hash) {
    history.scrollRestoration = 'manual';
    restore();
    requestAnimationFrame(restore);
  }
  addEventListener('scroll', throttled(300, save), { passive: true });
  if (!browserMemory.get(key)) save(); // the first scroll has loaded this module, and may be the only one
}
