// A run that this tab was carrying out when it was reloaded, or lost the server: it is ended, and the reader is told.

import { all, one } from '../dom.js';
import { call } from '../live/api.js';
import { tabMemory } from '../memory.js';
import { refresh } from './partial.js';
import { UNFINISHED } from './run_on_server.js';

/** @param {HTMLElement} article */
export async function endUnfinished(article) {
  const { lesson, run, mark } = tabMemory.json(UNFINISHED) ?? {};
  if (!mark) return;
  const { status } = await call('POST', `/lessons/${lesson}/runs/${run}/stop/`, { mark }, { actor: mark });
  if (status !== 204 && status !== 409) return; // tried again when the page is live again
  tabMemory.forget(UNFINISHED);
  const [section] = lesson === article.dataset.lesson ? all(article, `[data-run-step="${run}"]`) : [];
  if (!section) return;
  await refresh(section);
  one(one(article, `[data-run-step="${run}"]`), '[data-run-says]').textContent =
    'The page was left or lost the server in the middle of this run, so it was ended, and what it had switched on is off. Run it again.';
}
