// What the server knows of a run that this page carries out: that it has begun, goes on, has ended.

import { call, problemText, tab } from '../live/api.js';
import { tabMemory } from '../memory.js';
import { StepFailed } from './steps.js';

const ALIVE_EVERY_MS = 3000; // after 12 s without a word the server takes it for given up
export const UNFINISHED = 'unfinished-run'; // in the tab's memory: {lesson, run, mark}

export class RunOnServer {
  plan; mark;
  isOver = false;
  #at; #beat;
  /** @type {(problem: StepFailed) => void} */
  #lose = () => {};

  /** Throws StepFailed if the server does not let it begin. @param {string} lesson @param {string} run @param {boolean} withoutGuess */
  static async start(lesson, run, withoutGuess) {
    const plan = await ask(`/lessons/${lesson}/runs/${run}/start/`, { without_guess: withoutGuess }, tab());
    return new RunOnServer(lesson, run, plan);
  }

  /** @param {string} lesson @param {string} run @param {any} plan */
  constructor(lesson, run, plan) {
    this.plan = plan;
    this.mark = /** @type {string} */ (plan.mark);
    this.#at = `/lessons/${lesson}/runs/${run}`;
    tabMemory.set(UNFINISHED, JSON.stringify({ lesson, run, mark: this.mark }));
    this.#beat = setInterval(() => this.#keepAlive(), ALIVE_EVERY_MS);
    addEventListener('pagehide', this.#leave);
  }

  /** Rejects with StepFailed when the run is given up, here or on the server. @returns {Promise<never>} */
  untilLost() {
    return new Promise((_, reject) => { this.#lose = reject; });
  }

  /** @param {string} why */
  giveUp(why) {
    this.isOver = true;
    this.#lose(new StepFailed(why));
  }

  /** Measure it. @param {{runs: string[], hasSettled: boolean}} what */
  async finish({ runs, hasSettled }) {
    await ask(`${this.#at}/finish/`, { mark: this.mark, runs, has_settled: hasSettled }, this.mark);
    this.#hasEnded();
  }

  /** End it on the server, with what it has switched on. Returns what the reader has to know if that failed. */
  async stop() {
    this.isOver = true;
    const { status } = await call('POST', `${this.#at}/stop/`, { mark: this.mark }, { actor: this.mark });
    if (status === 204 || status === 409) { // 409: it has ended there already
      this.#hasEnded();
      return 'What it had switched on is off again.';
    }
    return 'What it had switched on goes off when the server can be reached again, or by itself.';
  }

  /** This page does no more for it. */
  end() {
    this.isOver = true;
    clearInterval(this.#beat);
    removeEventListener('pagehide', this.#leave);
  }

  /** On the server, too. Until then it is kept in mind, to be ended when the server is there again. */
  #hasEnded() {
    this.end();
    if (tabMemory.json(UNFINISHED)?.mark === this.mark) tabMemory.forget(UNFINISHED);
  }

  async #keepAlive() {
    const { status } = await call('POST', `${this.#at}/alive/`, { mark: this.mark }, { actor: this.mark });
    if (status === 409 && !this.isOver) this.giveUp('This run was given up: nothing was heard from this page for a while, or another tab has ended it.');
  }

  #leave = () => { call('POST', `${this.#at}/stop/`, { mark: this.mark }, { actor: this.mark, keepalive: true }); };
}

/** @param {string} path @param {unknown} body @param {string} actor @returns {Promise<any>} */
async function ask(path, body, actor) {
  const { status, data } = await call('POST', path, body, { actor });
  if (status < 200 || status >= 300) throw new StepFailed(problemText(data));
  return data;
}
