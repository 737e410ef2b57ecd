// The WebSocket: connect, resume from the cursor, take each record exactly once.
// The protocol is written down in docs/asyncapi.yaml.

import { compareCursors } from '../state/records.js';

const FINAL = new Set([4400, 4401, 4403, 4404]); // trying again would not help
const SILENCE_MS = 8000; // the server sends something every second

/**
 * Events: `records` (array), `frame` (any other frame), `state`
 * ({state: 'connecting'|'live'|'away'|'closed', code}).
 */
export class PlaygroundSocket extends EventTarget {
  #url; #ws; #timer; #watch; #tries = 0; #watched;
  cursor = null; // null: begin with the most recent records

  constructor(url) {
    super();
    this.#url = url;
    addEventListener('online', () => this.#hurry());
    addEventListener('pageshow', (event) => { if (event.persisted) this.#hurry(); });
    document.addEventListener('visibilitychange', () => { if (!document.hidden) this.#hurry(); });
  }

  open() {
    clearTimeout(this.#timer);
    const ws = this.#ws = new WebSocket(this.#url);
    this.#tell('connecting');
    this.#listenForSilence();
    ws.onopen = () => {
      this.#send({ type: 'hello', after: this.cursor });
      if (this.#watched !== undefined) this.watch(this.#watched);
    };
    ws.onmessage = (event) => {
      this.#listenForSilence();
      this.#take(JSON.parse(event.data));
    };
    ws.onclose = ({ code }) => {
      if (ws !== this.#ws) return;
      clearTimeout(this.#watch);
      if (FINAL.has(code)) return this.#tell('closed', code);
      this.#tell('away', code);
      const pause = Math.min(10000, 400 * 2 ** this.#tries++) * (0.5 + Math.random());
      this.#timer = setTimeout(() => this.open(), pause);
    };
  }

  /** Ask for the sequence diagram of a trace (null: of the newest), or (undefined) for none. */
  watch(trace) {
    this.#watched = trace;
    this.#send(trace === undefined ? { type: 'unwatch' } : { type: 'watch', trace });
  }

  #take(frame) {
    if (frame.type === 'welcome') {
      this.#tries = 0;
      this.#tell('live');
    } else if (frame.type === 'gap') {
      this.cursor = '0-0'; // what follows begins with the oldest there is
    } else if (frame.type === 'records') {
      return this.#takeRecords(frame);
    }
    this.dispatchEvent(new CustomEvent('frame', { detail: frame }));
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
    if (this.#ws?.readyState === WebSocket.OPEN) this.#ws.send(JSON.stringify(message));
  }

  #hurry() {
    if (this.#ws?.readyState === WebSocket.CLOSED && this.#timer) {
      this.#tries = 0;
      this.open();
    }
  }

  #listenForSilence() {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => this.#ws.close(4000, 'silent'), SILENCE_MS);
  }

  #tell(state, code) {
    this.dispatchEvent(new CustomEvent('state', { detail: { state, code } }));
  }
}
