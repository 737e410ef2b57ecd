// The live connection: connect, resume from the cursor, take each record exactly once.
// A WebSocket; where none gets through, long polling. The protocol: docs/asyncapi.yaml.

import { compareCursors } from '../state/records.js';

const FINAL = new Set([4400, 4401, 4403, 4404]); // trying again would not help
const OPEN = 1; // a WebSocket's readyState
const SILENCE_MS = 8000; // the server sends something every second
const SLOW_WELCOME_MS = 4000; // a socket that says nothing at all
const OFFLINE_SILENCE_MS = 2500; // when the browser says that its network has gone
const BLOCKED_AFTER = 3; // sockets in a row that never said welcome, though the server may be there
const TRY_SOCKET_MS = 30_000; // while polling

/**
 * Events: `records` (array), `frame` (any other frame), `state`
 * ({state: 'connecting'|'live'|'away'|'closed', via: 'socket'|'polling', code}).
 */
export class PlaygroundSocket extends EventTarget {
  #url; #ws; #timer; #watch; #watched; #polling = null; #isWelcome = false;
  #tries = 0; // to come back
  #unheard = 0; // sockets in a row that brought nothing
  cursor = null; // null: begin with the most recent records

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
    this.#timer = null;
    if (!this.#polling) this.#tell('connecting');
    this.#isWelcome = false;
    let ws;
    try {
      ws = this.#ws = new WebSocket(this.#url);
    } catch { // there are browsers where it may not even be tried
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

  /** Ask for the sequence diagram of a trace (null: of the newest), or (undefined) for none. */
  watch(trace) {
    this.#watched = trace;
    this.#polling?.again();
    this.#send(trace === undefined ? { type: 'unwatch' } : { type: 'watch', trace });
  }

  /** The socket has ended, or says nothing any more. */
  #lose(code) {
    const [ws, wasWelcome] = [this.#ws, this.#isWelcome];
    this.#ws = null;
    this.#isWelcome = false;
    clearTimeout(this.#watch);
    ws?.close(); // a dead line would take long to say so
    if (FINAL.has(code)) return this.#tell('closed', code);
    this.#unheard = wasWelcome || code === 4503 ? 0 : this.#unheard + 1;
    if (this.#polling) return this.#later(TRY_SOCKET_MS);
    if (this.#unheard >= BLOCKED_AFTER && navigator.onLine) return this.#poll();
    this.#tell('away', code);
    this.#later(Math.min(10_000, 400 * 2 ** this.#tries++) * (0.5 + Math.random()));
  }

  #later(pause_ms) {
    this.#timer = setTimeout(() => this.open(), pause_ms);
  }

  /** Another way, fetched where it is needed; and from time to time the socket again. */
  async #poll() {
    let isLive = false;
    const lost = (code) => {
      this.#polling = null;
      if (FINAL.has(code)) return this.#tell('closed', code);
      clearTimeout(this.#timer);
      this.#tell('away', code);
      // It was live this way: it is not the socket that is missing.
      if (!isLive) this.#unheard = BLOCKED_AFTER - 1;
      this.#later(Math.min(10_000, 400 * 2 ** this.#tries++) * (0.5 + Math.random()));
    };
    const { Polling } = await import('./polling.js').catch(() => ({}));
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

  #take(frame) {
    if (frame.type === 'gap') {
      this.cursor = '0-0'; // what follows begins with the oldest there is
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

  #takeRecords({ after, cursor, records }) {
    if (this.cursor !== null && compareCursors(after, this.cursor) > 0) {
      return this.#send({ type: 'resume', after: this.cursor }); // a frame was lost
    }
    const fresh = this.cursor === null ? records : records.filter((r) => compareCursors(r.id, this.cursor) > 0);
    if (this.cursor === null || compareCursors(cursor, this.cursor) > 0) this.cursor = cursor;
    if (fresh.length) this.dispatchEvent(new CustomEvent('records', { detail: fresh }));
  }

  #send(message) {
    if (this.#ws?.readyState === OPEN) this.#ws.send(JSON.stringify(message));
  }

  #hurry() {
    if (this.#ws || !this.#timer || this.#polling) return;
    this.#tries = 0;
    this.open();
  }

  #listenForSilence(patience_ms = SILENCE_MS) {
    clearTimeout(this.#watch);
    if (this.#ws) this.#watch = setTimeout(() => this.#lose(4000), patience_ms);
  }

  #tell(state, code) {
    const via = this.#polling ? 'polling' : 'socket';
    this.dispatchEvent(new CustomEvent('state', { detail: { state, via, code } }));
  }
}
