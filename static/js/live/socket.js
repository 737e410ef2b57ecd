// The live connection: connect, resume from the cursor, take each record exactly once.
// A WebSocket; where the network blocks it, long polling. The protocol: docs/asyncapi.yaml.

import { compareCursors } from '../state/cursor.js';

const FINAL = new Set([4400, 4401, 4403, 4404]); // trying again would not help
const OPEN = 1; // a WebSocket's readyState
const SILENCE_MS = 8000; // the server sends something every second
const SLOW_WELCOME_MS = 4000; // after opening
const OFFLINE_SILENCE_MS = 2500; // when the browser says that its network has gone
const BLOCKED_AFTER = 3; // sockets in a row without a welcome frame: the network seems to block them
const TRY_SOCKET_MS = 30_000; // while polling

/**
 * Events: `records` (array), `frame` (any other frame), `state`
 * ({state: 'connecting'|'live'|'away'|'closed', via: 'socket'|'polling', code}).
 */
export class PlaygroundSocket extends EventTarget {
  #url;
  /** @type {WebSocket|null} */
  #ws = null;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #timer;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #silence;
  /** @type {string|null|undefined} */
  #watched;
  /** @type {import('./polling.js').Polling|null} */
  #polling = null;
  #isWelcome = false;
  #tries = 0; // to reconnect
  #unheard = 0; // sockets in a row that sent nothing
  /** @type {string|null} */
  cursor = null; // null: begin with the most recent records

  /** @param {string} url */
  constructor(url) {
    super();
    this.#url = url;
    addEventListener('online', () => this.#hurry());
    addEventListener('offline', () => this.#listenForSilence(OFFLINE_SILENCE_MS));
    addEventListener('pageshow', (event) => { if (event.persisted) this.#hurry(); });
    document.addEventListener('visibilitychange', () => { if (!document.hidden) this.#hurry(); });
  }

  open() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#polling) this.#tell('connecting');
    this.#isWelcome = false;
    let ws;
    try {
      ws = this.#ws = new WebSocket(this.#url);
    } catch { // a policy of the browser
      return this.#lose(1006);
    }
    this.#listenForSilence(SLOW_WELCOME_MS);
    ws.onopen = () => {
      this.#send({ type: 'hello', after: this.cursor });
      if (this.#watched !== undefined) this.watch(this.#watched);
    };
    ws.onmessage = (event) => {
      if (ws !== this.#ws) return;
      this.#listenForSilence();
      if (!this.#isWelcome) this.#beWelcome();
      this.#take(JSON.parse(event.data));
    };
    ws.onclose = ({ code }) => { if (ws === this.#ws) this.#lose(code); };
  }

  /** Request the sequence diagram of a trace (null: of the newest), or (undefined) of none. @param {string|null} [trace] */
  watch(trace) {
    this.#watched = trace;
    this.#polling?.again();
    this.#send(trace === undefined ? { type: 'unwatch' } : { type: 'watch', trace });
  }

  /** The socket has closed, or is silent. @param {number} code */
  #lose(code) {
    const [ws, wasWelcome] = [this.#ws, this.#isWelcome];
    this.#ws = null;
    this.#isWelcome = false;
    clearTimeout(this.#silence);
    ws?.close(); // a dead connection would notice it only much later
    if (FINAL.has(code)) return this.#tell('closed', code);
    this.#unheard = wasWelcome || code === 4503 ? 0 : this.#unheard + 1;
    if (this.#polling) return this.#later(TRY_SOCKET_MS);
    if (this.#unheard >= BLOCKED_AFTER && navigator.onLine) return this.#poll();
    this.#tell('away', code);
    this.#later(Math.min(10_000, 400 * 2 ** this.#tries++) * (0.5 + Math.random()));
  }

  /** @param {number} pause_ms */
  #later(pause_ms) {
    this.#timer = setTimeout(() => this.open(), pause_ms);
  }

  /** Long polling, loaded only where it is needed; the socket is tried again from time to time. */
  async #poll() {
    let isLive = false;
    const lost = (/** @type {number} */ code) => {
      this.#polling = null;
      if (FINAL.has(code)) return this.#tell('closed', code);
      clearTimeout(this.#timer);
      this.#tell('away', code);
      // Polling did not work either: one more socket is tried before the next poll.
      if (!isLive) this.#unheard = BLOCKED_AFTER - 1;
      this.#later(Math.min(10_000, 400 * 2 ** this.#tries++) * (0.5 + Math.random()));
    };
    const { Polling } = await import('./polling.js').catch(() => ({ Polling: null }));
    if (!Polling) return lost(1006);
    this.#polling = new Polling({
      after: () => this.cursor,
      watched: () => this.#watched,
      take: (frame) => this.#take(frame),
      live: () => {
        if (!isLive) this.#later(TRY_SOCKET_MS);
        isLive = true;
        this.#tries = 0;
        this.#tell('live');
      },
      lost,
    });
  }

  /** @param {import('../state/types.js').Frame} frame */
  #take(frame) {
    if (frame.type === 'gap') {
      this.cursor = '0-0'; // the next records begin with the oldest one
    } else if (frame.type === 'records') {
      return this.#takeRecords(frame);
    }
    this.dispatchEvent(new CustomEvent('frame', { detail: frame }));
  }

  #beWelcome() {
    this.#polling?.stop();
    this.#polling = null;
    this.#isWelcome = true;
    this.#tries = this.#unheard = 0;
    this.#tell('live');
  }

  /** @param {import('../state/types.js').RecordsFrame} frame */
  #takeRecords({ after, cursor, records }) {
    const have = this.cursor;
    if (have !== null && compareCursors(after, have) > 0) return this.#send({ type: 'resume', after: have }); // a frame was lost
    const fresh = have === null ? records : records.filter((r) => compareCursors(r.id, have) > 0);
    if (have === null || compareCursors(cursor, have) > 0) this.cursor = cursor;
    if (fresh.length) this.dispatchEvent(new CustomEvent('records', { detail: fresh }));
  }

  /** @param {object} message */
  #send(message) {
    if (this.#ws?.readyState === OPEN) this.#ws.send(JSON.stringify(message));
  }

  #hurry() {
    if (this.#ws || !this.#timer || this.#polling) return;
    this.#tries = 0;
    this.open();
  }

  #listenForSilence(patience_ms = SILENCE_MS) {
    clearTimeout(this.#silence);
    if (this.#ws) this.#silence = setTimeout(() => this.#lose(4000), patience_ms);
  }

  /** @param {'connecting'|'live'|'away'|'closed'} state @param {number} [code] */
  #tell(state, code) {
    const via = this.#polling ? 'polling' : 'socket';
    this.dispatchEvent(new CustomEvent('state', { detail: { state, via, code } }));
  }
}
