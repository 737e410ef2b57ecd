// What the dots have told so far: who waits, who works. The picture is slower than life, so
// this lags behind the records, and never runs ahead of them. Pure: time comes in.

const WORK_SEEN_MS = 350; // work that took a moment is shown at least so long
const END_SEEN_MS = 700;
const FORGOTTEN_S = 90; // who has waited so long has died without an answer
const MOST_REMEMBERED = 3000;

/** How a record ends the handling of a message: done, or what else it came to. Null if it does not. */
export function endOf(r) {
  switch (r.kind) {
    case 'process': return r.status === 'ok' ? 'done' : r.status === 'duplicate' ? 'duplicate' : 'failed';
    case 'retry': return 'retry';
    case 'dead_letter': return r.status === 'lost' ? 'lost' : 'dead';
    case 'note': return r.name === 'Killed' ? 'failed' : null;
    default: return null;
  }
}

export class Told {
  #calls = new Map(); // message -> {node, edge, at}
  #took = new Map(); // message -> how long its caller really waited, once that is known
  #work = new Map(); // service and message -> {service, since}
  #ends = new Map(); // service and message -> how it ended

  /** Records have come whose dots have not been seen yet. */
  know(records) {
    for (const r of records) {
      if (r.kind === 'response') remember(this.#took, r.message, r.duration_ms ?? 0);
      const end = endOf(r);
      if (end) remember(this.#ends, `${r.target} ${r.message}`, end);
    }
  }

  departed({ record, arrow }) {
    if (record.kind === 'request') this.#calls.set(record.message, { node: arrow.from, edge: arrow.edge, at: record.at });
  }

  arrived({ record }, now) {
    const { kind, message, target } = record;
    if (kind === 'response') {
      this.#calls.delete(message);
      this.#took.delete(message);
    } else if (kind === 'deliver' || kind === 'redeliver') {
      this.#work.set(`${target} ${message}`, { service: target, since: now });
    }
  }

  /** The picture has jumped: everything is as the state says. */
  settle(state, now, arrowOf) {
    for (const map of [this.#calls, this.#took, this.#work, this.#ends]) map.clear();
    for (const record of state.calls.values()) {
      if (state.log.length && state.log.at(-1).at - record.at < FORGOTTEN_S) this.departed({ record, arrow: arrowOf(record) });
    }
    for (const [key, { target }] of state.work) this.#work.set(key, { service: target, since: now });
  }

  /** Who waits: by node, how many, and how long the first of them has: {n, ms}. @param {number} at unix seconds */
  waits(at) {
    const found = new Map();
    for (const [message, { node, at: since }] of this.#calls) {
      if (at - since > FORGOTTEN_S) { this.#calls.delete(message); continue; }
      const ms = this.#took.get(message) ?? Math.max(0, at - since) * 1000;
      const known = found.get(node) ?? { n: 0, ms: 0 };
      found.set(node, { n: known.n + 1, ms: Math.max(known.ms, ms) });
    }
    return found;
  }

  /** The arrows on which somebody holds the line, and how many do. */
  lines() {
    const found = new Map();
    for (const { edge } of this.#calls.values()) found.set(edge, (found.get(edge) ?? 0) + 1);
    return found;
  }

  /** Who works: by service, how many at work and what the last handling came to: {n, end}. */
  works(now) {
    const found = new Map();
    for (const [key, job] of this.#work) {
      const end = this.#ends.get(key);
      const ended = end && now - job.since >= WORK_SEEN_MS;
      if (ended && now - job.since >= WORK_SEEN_MS + END_SEEN_MS) {
        this.#work.delete(key);
        this.#ends.delete(key);
        continue;
      }
      const known = found.get(job.service) ?? { n: 0, end: null };
      found.set(job.service, ended ? { ...known, end } : { ...known, n: known.n + 1 });
    }
    return found;
  }
}

function remember(map, key, value) {
  map.set(key, value);
  if (map.size > MOST_REMEMBERED) map.delete(map.keys().next().value);
}
