// The time-space diagram: of the newest story while it happens, or of an earlier one.

import { all, element, one, throttled } from '../../dom.js';
import { eachFrame, nextFrame } from '../../frames.js';
import { spoken, stories } from '../stories.js';
import { share } from '../share.js';
import { grown } from '../../state/spacetime/grow.js';
import { spacetime } from '../../state/spacetime.js';
import { fitted, panned, zoomed } from '../../state/timewindow.js';
import { Figure } from './figure.js';
import { Lanes } from './lanes.js';
import { panZoom } from './pan_zoom.js';
import { rowsOf, tableHead } from './table.js';

const PAUSE_MS = 60;

/**
 * @typedef {import('../../state/spacetime/layout.js').Layout} Layout @typedef {import('../../state/timewindow.js').Window} Window
 *
 * @param {HTMLElement} root @param {import('../../state/store.js').Store} store
 * @param {{choice: import('../../state/choice.js').Choice, traces: import('../../live/traces.js').Traces,
 *   open: (what: {record: import('../../state/types.js').Rec}) => unknown}} more
 */
export function time(root, store, { choice, traces, open }) {
  const find = (/** @type {string} */ name) => one(root, `[data-time-${name}]`);
  const [place, nothing, words, table] = ['figure', 'empty', 'of', 'table'].map(find);
  const figure = new Figure((record) => open({ record }));
  const lanes = new Lanes(find('lanes'));
  const body = element('tbody');
  /** @type {Layout|null} */
  let layout = null;
  let shown = ''; // the story that is drawn
  /** @type {Window|null} */
  let seen = null; // null: all of it
  let isTicking = false;

  const chooser = stories(/** @type {HTMLSelectElement} */ (find('stories')), store, choice);
  place.append(figure.root);
  table.append(element('table', { class: 'as-table' }, tableHead(), body));

  /** The moment that is shown; while live never before the newest record. */
  function moment() {
    return store.at ?? Math.max(store.clock.now() ?? 0, store.state.log.at(-1)?.at ?? 0);
  }

  function read() {
    if (root.hidden) return;
    const story = choice.story(store.state.log);
    const records = story ? traces.records(story.id) : [];
    if (story?.id !== shown) seen = null;
    shown = story?.id ?? '';
    layout = spacetime(records, moment());
    words.textContent = story?.name ? spoken(story) : '';
    draw();
    tick();
  }

  function draw() {
    nothing.hidden = Boolean(layout);
    root.classList.toggle('has-story', Boolean(layout));
    if (!layout || root.hidden) return;
    const now = grown(layout, moment());
    const arranged = lanes.of(layout.lanes);
    if (table.hidden) figure.draw(now, arranged, seen ?? fitted(now), Math.max(place.clientWidth, 200));
    else tabulate(now, arranged);
  }

  const tabulate = (/** @type {Layout} */ now, /** @type {Layout['lanes']} */ arranged) => {
    if (body.contains(document.activeElement) && now.isOpen) return; // it is being used
    body.replaceChildren(...rowsOf(now, arranged, (record) => open({ record })));
  };

  /** Open bars grow with the clock, as long as any is visible. */
  function tick() {
    if (isTicking || !isGrowing()) return;
    isTicking = true;
    eachFrame(() => {
      isTicking = isGrowing();
      if (isTicking && table.hidden) draw();
      return isTicking;
    });
  }
  const isGrowing = () => Boolean(layout?.isOpen) && !root.hidden && store.mode === 'live';

  const look = (/** @type {(now: Window, wide: Window) => Window|null} */ change) => {
    if (!layout) return;
    const wide = fitted(grown(layout, moment()));
    seen = change(seen ?? wide, wide);
    if (seen && seen.to - seen.from >= wide.to - wide.from - 1e-9) seen = null; // all of it: it follows again
    nextFrame(draw);
  };
  /** @type {import('./pan_zoom.js').View} */
  const view = {
    zoom: (factor, x) => look((now, wide) => zoomed(now, factor, x === undefined ? (now.from + now.to) / 2 : figure.timeAt(x), wide)),
    pan: (part) => look((now, wide) => panned(now, part * (now.to - now.from), wide)),
    fit: () => look(() => null),
  };
  const acts = panZoom(place, view);
  for (const button of all(root, '[data-time-act]')) button.addEventListener('click', acts[button.dataset.timeAct ?? '']);
  find('reset-lanes').addEventListener('click', () => lanes.reset());
  lanes.addEventListener('change', draw);
  const asTable = find('as-table');
  asTable.addEventListener('click', () => {
    table.hidden = !table.hidden;
    place.hidden = !table.hidden;
    asTable.setAttribute('aria-pressed', String(!table.hidden));
    draw();
  });
  share(find('share'), () => figure.root, () => `time-${shown.slice(0, 8)}`);

  const later = throttled(PAUSE_MS, read);
  for (const type of ['records', 'seek']) store.addEventListener(type, later);
  store.addEventListener('time', () => { if (!root.hidden) later(); });
  choice.addEventListener('chosen', read);
  traces.addEventListener('loaded', read);
  new ResizeObserver(() => nextFrame(draw)).observe(place);

  return {
    /** @param {boolean} isSeen */
    seen(isSeen) {
      if (!isSeen) return;
      chooser.show();
      read();
    },
  };
}
