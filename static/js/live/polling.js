// The live view for networks that let no WebSocket through: GET /api/playground/live in a loop.
// The frames are those of the socket (docs/asyncapi.yaml, docs/adr/0012).

const PATH = '/api/playground/live';
const WAIT_S = 15;
const LATE_MS = 4000; // a response that is later than this is given up
/** @type {Object<number, number>} */
const CODES = { 401: 4401, 403: 4403, 422: 4400, 503: 4503 }; // HTTP status to the socket's close code

/** @returns {Promise<Response>} @param {URLSearchParams} query @param {AbortSignal} signal */
const ask = (query, signal) => fetch(`${PATH}?${query}`, { headers: { Accept: 'application/json' }, signal });

export class Polling {
  #stop = new AbortController();
  /** @type {AbortController|null} */
  #turn = null; // aborts the request that waits now
  #wait = 0; // seconds; the first answer comes at once
  #state = ''; // digest of the design, picture and faults that we have
  #drawn = ''; // the newest sequence diagram, which each response repeats
  #how;

  /**
   * @param {{after: () => string|null, watched: () => string|null|undefined,
   *   take: (frame: import('../state/types.js').Frame) => void, live: () => void, lost: (code: number) => void}} how
   */
  constructor(how) {
    this.#how = how;
    this.#go();
  }

  stop() { this.#stop.abort(); }

  /** Something else is watched: send a new request at once. */
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

  /** The response, or a close code, or null if a new request is to be sent. @param {number} wait @returns {Promise<{state: string, frames: import('../state/types.js').Frame[]}|number|null>} */
  async #poll(wait) {
    const query = new URLSearchParams({ wait: String(wait) });
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
      return 1006; // the code of a broken socket
    }
  }

  /** @param {import('../state/types.js').Frame} frame */
  #take(frame) {
    if (frame.type === 'diagram' && frame.diagram === 'sequence') {
      if (frame.source === this.#drawn) return;
      this.#drawn = frame.source;
    }
    this.#how.take(frame);
  }
}
