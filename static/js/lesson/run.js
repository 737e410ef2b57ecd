// A run of the lesson: carried out step by step, measured by the server when it has settled.

import { all, one } from '../dom.js';
import { call, problemText } from '../live/api.js';
import { Captions } from './captions.js';
import { refresh, refreshAfter } from './partial.js';
import { settled } from './settled.js';
import { StepFailed, carryOut, carryOutTwin } from './steps.js';

const SETTLE_S = 15;

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
    if (this.#isOn) return this.#say(section, 'Another run has not ended yet.');
    this.#isOn = true;
    const { runStep: run = '' } = section.dataset;
    const go = /** @type {HTMLButtonElement} */ (one(section, '[data-run-go]'));
    go.disabled = true;
    section.dataset.state = 'running';
    try {
      this.#complain(section, '');
      const plan = await this.#post(`${run}/start`, { without_guess: withoutGuess });
      this.#captions.begin(plan.stops.map((/** @type {import('./captions.js').Caption} */ stop, /** @type {number} */ n) => ({ ...stop, say: captionOf(section, n) })));
      const runs = plan.twin ? await this.#carryOutTwin(section, plan) : await this.#carryOut(section, plan.steps);
      await this.#post(`${run}/finish`, { runs });
      await refreshAfter(this.#article, run);
      await refresh(section);
    } catch (error) {
      if (!(error instanceof StepFailed)) throw error;
      go.disabled = false;
      this.#say(section, 'The run has stopped.');
      this.#complain(section, error.message);
    } finally {
      this.#isOn = false;
      delete section.dataset.state;
      mark(section, -1);
    }
  }

  /** @param {HTMLElement} section @param {import('./steps.js').Step[]} steps */
  async #carryOut(section, steps) {
    /** @type {string[]} */
    const runs = [];
    for (const [n, step] of steps.entries()) {
      mark(section, n);
      this.#say(section, `Step ${n + 1} of ${steps.length}: ${all(section, '[data-plan] li')[n].textContent?.replace(/\.$/, '')}.`);
      runs.push(...await carryOut(step, this.#page));
    }
    mark(section, steps.length);
    this.#say(section, 'Waiting until nothing is on the way any more.');
    await settled(this.#page.store, steps.at(-1)?.settle ? 2 : SETTLE_S);
    return runs;
  }

  /** @param {HTMLElement} section @param {import('./steps.js').TwinPlan} plan */
  #carryOutTwin(section, plan) {
    this.#say(section, 'Both designs are running, with the same customers at the same times.');
    return carryOutTwin(plan, one(this.#article, `[data-twin-of="${section.dataset.runStep}"]`));
  }

  /** @param {string} path @param {unknown} body @returns {Promise<any>} */
  async #post(path, body) {
    const { status, data } = await call('POST', `/lessons/${this.#article.dataset.lesson}/runs/${path}/`, body);
    if (status < 200 || status >= 300) throw new StepFailed(problemText(data));
    return data;
  }

  /** @param {HTMLElement} section @param {string} words */
  #say(section, words) {
    one(section, '[data-run-says]').textContent = words;
  }

  /** @param {HTMLElement} section @param {string} words */
  #complain(section, words) {
    const place = one(section, '[data-run-problem]');
    place.textContent = words;
    place.hidden = !words;
  }
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
