// The live view where no WebSocket gets through: GET /api/playground/live, again and again.
// The same frames as the socket's (docs/asyncapi.yaml, docs/adr/0012).

const PATH = '/api/playground/live';
const WAIT_S = 15;
const LATE_MS = 4000; // an answer that comes so much later than asked for does not come
const CODES = { 401: 4401, 403: 4403, 422: 4400, 503: 4503 }; // the socket's words for it

/** @returns {Promise<Response>} @param {URLSearchParams} query @param {AbortSignal} signal */
const ask = (query, signal) => fetch(`${PATH}?${query}`, { headers: { Accept: 'application/json' }, signal });

export class Polling {
  #stop = new AbortController();
  #turn = null; // ends the request that waits now
  #wait = 0; // seconds; the first answer comes at once
  #state = ''; // what of design, picture and faults is known
  #drawn = ''; // the newest sequence diagram, which each answer repeats
  #how;

  /**
   * @param {{after: () => string|null, watched: () => string|null|undefined,
   *   take: (frame: any) => void, live: () => void, lost: (code: number) => void}} how
   */
  constructor(how) {
    this.#how = how;
    this.#go();
  }

  stop() { this.#stop.abort(); }

  /** Something else is watched: do not wait for news to say so. */
  again() {
    this.#wait = 0;
    this.#turn?.abort('again');
  }

  async #go() {
    while (!this.#stop.signal.aborted) {
      const wait = this.#wait;
      this.#wait = WAIT_S;
      const answer = await this.#poll(wait);
      if (this.#stop.signal.aborted) return;
      if (answer === null) continue;
      if (typeof answer === 'number') return this.#how.lost(answer);
      this.#how.live();
      this.#state = answer.state;
      for (const frame of answer.frames) this.#take(frame);
    }
  }

  /** The answer, or the code of what went wrong, or null if we want to ask again. */
  async #poll(wait) {
    const query = new URLSearchParams({ wait });
    const [after, watched] = [this.#how.after(), this.#how.watched()];
    if (after !== null) query.set('after', after);
    if (after !== null && this.#state) query.set('state', this.#state);
    if (watched !== undefined) query.set('watch', watched ?? '');
    const turn = this.#turn = new AbortController();
    try {
      const signal = AbortSignal.any([this.#stop.signal, turn.signal, AbortSignal.timeout(wait * 1000 + LATE_MS)]);
      const response = await ask(query, signal);
      return response.ok ? await response.json() : CODES[response.status] ?? 1006;
    } catch {
      if (turn.signal.aborted) return null;
      return 1006; // as a socket says of a connection that broke
    }
  }

  #take(frame) {
    if (frame.diagram === 'sequence') {
      if (frame.source === this.#drawn) return;
      this.#drawn = frame.source;
    }
    this.#how.take(frame);
  }
}
