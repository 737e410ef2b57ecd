// Where you were is where you come back to: the block that was at the top of the text, and how far.

import { throttled } from '../dom.js';

const LINE_PX = 90; // below the top bar

export function keepPlace(article) {
  const key = `place:${article.dataset.lesson}`;
  const blocks = () => [...article.querySelectorAll(':scope > *')];
  const top = () => (document.querySelector('.play').classList.contains('is-pinned-top') ? document.querySelector('.play').getBoundingClientRect().bottom : LINE_PX);

  function save() {
    const all = blocks();
    const line = top();
    const at = all.findIndex((block) => block.getBoundingClientRect().bottom > line);
    if (scrollY < 60 || at < 0) return localStorage.removeItem(key);
    localStorage.setItem(key, JSON.stringify({ at, above: Math.round(line - all[at].getBoundingClientRect().top) }));
  }

  function restore() {
    const kept = JSON.parse(localStorage.getItem(key) ?? 'null');
    const block = kept && blocks()[kept.at];
    if (block) scrollTo({ top: block.getBoundingClientRect().top + scrollY - top() + kept.above, behavior: 'instant' });
  }

  if (!location.hash) {
    history.scrollRestoration = 'manual';
    restore();
    requestAnimationFrame(restore);
  }
  addEventListener('scroll', throttled(300, save), { passive: true });
  if (!localStorage.getItem(key)) save(); // the first scroll has fetched us, and may be the only one
}
