// A run of the lesson: carried out step by step, measured by the server when it has settled.

import { call, trouble } from '../live/api.js';
import { Captions } from './captions.js';
import { refresh, refreshAfter } from './partial.js';
import { settled } from './settled.js';
import { StepFailed, carryOut, carryOutTwin } from './steps.js';

const SETTLE_S = 15;

export class Runs {
  #article; #page; #captions; #isOn = false;

  /** @param {{store: object, actions: EventTarget, picture: EventTarget, stage: HTMLElement}} page */
  constructor(article, page) {
    this.#article = article;
    this.#page = page;
    this.#captions = new Captions(page.store, page.picture, page.stage, page.actions);
  }

  /** Carry out the run of this section. */
  async go(section, withoutGuess) {
    if (this.#isOn) return this.#say(section, 'Another run is on its way. Let it end first.');
    this.#isOn = true;
    const run = section.dataset.runStep;
    const go = section.querySelector('[data-run-go]');
    go.disabled = true;
    section.dataset.state = 'running';
    try {
      this.#complain(section, '');
      const plan = await this.#post(`${run}/start`, { without_guess: withoutGuess });
      this.#captions.begin(plan.stops.map((stop, n) => ({ ...stop, say: captionOf(section, n) })));
      const runs = plan.twin ? await this.#carryOutTwin(section, plan) : await this.#carryOut(section, plan.steps);
      await this.#post(`${run}/finish`, { runs });
      await refreshAfter(this.#article, run);
      await refresh(section);
    } catch (error) {
      if (!(error instanceof StepFailed)) throw error;
      go.disabled = false;
      this.#say(section, 'It has stopped.');
      this.#complain(section, error.message);
    } finally {
      this.#isOn = false;
      delete section.dataset.state;
      mark(section, -1);
    }
  }

  async #carryOut(section, steps) {
    const runs = [];
    for (const [n, step] of steps.entries()) {
      mark(section, n);
      this.#say(section, `Step ${n + 1} of ${steps.length}: ${section.querySelectorAll('[data-plan] li')[n].textContent.replace(/\.$/, '')}.`);
      runs.push(...await carryOut(step, this.#page));
    }
    mark(section, steps.length);
    this.#say(section, 'Waiting until nothing is on the way any more.');
    await settled(this.#page.store, steps.at(-1).settle ? 2 : SETTLE_S);
    return runs;
  }

  #carryOutTwin(section, plan) {
    this.#say(section, 'Both designs are at work, with the same customers at the same moments.');
    return carryOutTwin(plan, this.#article.querySelector(`[data-twin-of="${section.dataset.runStep}"]`));
  }

  async #post(path, body) {
    const { status, data } = await call('POST', `/lessons/${this.#article.dataset.lesson}/runs/${path}/`, body);
    if (status < 200 || status >= 300) throw new StepFailed(trouble(data));
    return data;
  }

  #say(section, words) {
    section.querySelector('[data-run-says]').textContent = words;
  }

  #complain(section, words) {
    const place = section.querySelector('[data-run-problem]');
    place.textContent = words;
    place.hidden = !words;
  }
}

const captionOf = (section, n) => section.querySelectorAll('[data-captions] li')[n];

/** Which of the steps is being done. */
function mark(section, now) {
  section.querySelectorAll('[data-plan] li').forEach((line, n) => {
    line.dataset.state = n < now ? 'done' : n === now ? 'now' : '';
    line.toggleAttribute('aria-current', n === now);
  });
}
