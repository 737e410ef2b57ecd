// A run of the lesson: carried out step by step, measured by the server when it has settled.

import { all, one } from '../dom.js';
import { Captions } from './captions.js';
import { refresh, refreshAfter } from './partial.js';
import { RunOnServer } from './run_on_server.js';
import { settled } from './settled.js';
import { shown } from './shown.js';
import { StepFailed, carryOut, carryOutTwin } from './steps.js';

const SETTLE_S = 15;
const SETTLED_S = 5; // after a step that has waited: two looks, a second each, even on a busy machine

/** @typedef {import('./steps.js').Page & {picture: import('../picture/picture.js').Picture, stage: HTMLElement}} LessonPage */

export class Runs {
  #article; #page; #captions; #isOn = false;

  /** @param {HTMLElement} article @param {LessonPage} page */
  constructor(article, page) {
    this.#article = article;
    this.#page = page;
    this.#captions = new Captions(page.store, page.picture, page.stage, page.actions);
  }

  /** Carry out the run of this section. @param {HTMLElement} section @param {boolean} withoutGuess */
  async go(section, withoutGuess) {
    if (this.#isOn) return say(section, 'Another run has not ended yet.');
    this.#isOn = true;
    const { runStep: run = '' } = section.dataset;
    const go = /** @type {HTMLButtonElement} */ (one(section, '[data-run-go]'));
    const stop = one(section, '[data-run-stop]');
    go.disabled = true;
    section.dataset.state = 'running';
    document.body.dataset.run = run; // the dock is held back
    complain(section, '');
    say(section, 'Starting …');
    /** @type {RunOnServer|undefined} */
    let onServer;
    try {
      onServer = await RunOnServer.start(this.#article.dataset.lesson ?? '', run, withoutGuess);
      const { plan, mark } = onServer;
      const isOver = onServer.untilLost();
      stop.hidden = false;
      stop.onclick = () => onServer?.giveUp('You have stopped it. Nothing was measured.');
      this.#captions.begin(plan.stops.map((/** @type {import('./captions.js').Caption} */ caption, /** @type {number} */ n) => ({ ...caption, say: captionOf(section, n) })));
      const carriedOut = plan.twin ? this.#carryOutTwin(section, plan) : this.#carryOut(section, plan.steps, mark, onServer);
      const measured = await Promise.race([carriedOut, isOver]);
      stop.hidden = true;
      await onServer.finish(measured);
      await this.#untilShown(section);
      await refreshAfter(this.#article, run);
      await refresh(section);
      showNext(this.#article, run);
    } catch (error) {
      if (!(error instanceof StepFailed)) throw error;
      this.#captions.clear();
      say(section, 'The run has stopped.');
      complain(section, error.message);
      const ended = await onServer?.stop();
      if (ended) complain(section, `${error.message} ${ended}`);
    } finally {
      onServer?.end();
      this.#isOn = false;
      go.disabled = false;
      stop.hidden = true;
      delete section.dataset.state;
      delete document.body.dataset.run;
      mark(section, -1);
    }
  }

  /** @param {HTMLElement} section @param {import('./steps.js').Step[]} steps @param {string} actor @param {RunOnServer} onServer */
  async #carryOut(section, steps, actor, onServer) {
    /** @type {string[]} */
    const runs = [];
    for (const [n, step] of steps.entries()) {
      if (onServer.isOver) break; // what is not begun yet is left out
      mark(section, n);
      say(section, `Step ${n + 1} of ${steps.length}: ${all(section, '[data-plan] li')[n].textContent?.replace(/\.$/, '')}.`);
      runs.push(...await carryOut(step, this.#page, actor));
    }
    mark(section, steps.length);
    say(section, 'Waiting until nothing is on the way any more.');
    const hasSettled = await settled(this.#page.store, steps.at(-1)?.settle ? SETTLED_S : SETTLE_S);
    return { runs, hasSettled };
  }

  /** @param {HTMLElement} section @param {import('./steps.js').TwinPlan} plan */
  async #carryOutTwin(section, plan) {
    say(section, 'Both designs are running, with the same customers at the same times.');
    return { runs: await carryOutTwin(plan, one(this.#article, `[data-twin-of="${section.dataset.runStep}"]`)), hasSettled: true };
  }

  /** The picture is slower than the company; what it has not shown yet would be given away. @param {HTMLElement} section */
  async #untilShown(section) {
    const { store, picture } = this.#page;
    const isShown = () => picture.isStill && this.#captions.isDone;
    if (isShown()) return;
    say(section, 'It has ended. The results come when the picture has shown it all.');
    const skip = /** @type {HTMLButtonElement} */ (one(section, '[data-run-skip]'));
    skip.hidden = false;
    if (await shown(store, isShown, skip) === 'skipped') this.#captions.clear();
    skip.hidden = true;
  }
}

/** @param {HTMLElement} section @param {string} words */
function say(section, words) {
  one(section, '[data-run-says]').textContent = words;
}

/** @param {HTMLElement} section @param {string} words */
function complain(section, words) {
  const place = one(section, '[data-run-problem]');
  place.textContent = words;
  place.hidden = !words;
}

/** What the run has opened gets the focus, where the reader has not gone elsewhere meanwhile. @param {HTMLElement} article @param {string} run */
function showNext(article, run) {
  const focused = document.activeElement;
  if (focused && focused !== document.body && !focused.matches('[data-run-go], [data-go-on], [data-run-skip]')) return;
  const [next] = all(article, `[data-after="${run}"]:not(:has(.kept))`);
  next?.setAttribute('tabindex', '-1');
  next?.focus({ preventScroll: true });
}

/** @param {HTMLElement} section @param {number} n */
const captionOf = (section, n) => all(section, '[data-captions] li')[n];

/** Mark the step that is being carried out. @param {HTMLElement} section @param {number} now */
function mark(section, now) {
  all(section, '[data-plan] li').forEach((line, n) => {
    line.dataset.state = n < now ? 'done' : n === now ? 'now' : '';
    line.toggleAttribute('aria-current', n === now);
  });
}
