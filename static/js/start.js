// The only module that does something when it is imported: it starts the scripts of the page. A page names
// its script in <link rel="modulepreload" data-start="...">, and htmx in <link rel="preload" data-htmx>.

import { all } from './dom.js';
import { start as startSite } from './site.js';

// Literal paths: collectstatic replaces them by names with a hash.
/** @type {Object<string, () => Promise<{start: (link: HTMLLinkElement) => unknown}>>} */
const SCRIPTS = {
  front: () => import('./front.js'),
  sandbox: () => import('./sandbox.js'),
  lesson: () => import('./lesson/lesson.js'),
  mermaid: () => import('./mermaid/frame.js'),
};

/** @type {Object<string, unknown>} */
export const started = {}; // what each script's start() has returned: for browser tests

if (document.querySelector('#site')) startSite();
// Who only reads a page, without scripts, leaves nothing on the server.
const begun = document.querySelector('[data-playground=""]') && import('./live/api.js').then(({ begin }) => begin());
for (const link of /** @type {HTMLLinkElement[]} */ (all(document, 'link[data-start]'))) {
  const name = link.dataset.start ?? '';
  const [{ start }] = await Promise.all([SCRIPTS[name](), begun]);
  started[name] = start(link);
}
// htmx sends forms as soon as it is there, and the page's script turns them into JSON: so htmx comes last.
for (const { href } of /** @type {HTMLLinkElement[]} */ (all(document, 'link[data-htmx]'))) {
  const script = Object.assign(document.createElement('script'), { src: href });
  for (const event of ['load', 'error']) script.addEventListener(event, enable);
  document.head.append(script);
}

/** A press before the page's script and htmx are there would be lost, so the buttons wait for both. */
function enable() {
  for (const button of /** @type {HTMLButtonElement[]} */ (all(document, 'button[data-until-started]'))) button.disabled = false;
}
