// Texts in time and space: published, queued, delivered, handled, acknowledged; and retries, dead
// letters and losses.

import { ending } from './ending.js';
import { queueLane } from './lanes.js';

const UNNOTICED_S = 0.05; // between the end of the work and its ack there are always a few ms
const ENDS = new Set(['process', 'dead_letter']);
const BROKEN_OFF = new Set(['Killed', 'Crashed']);

/**
 * @typedef {import('../types.js').Rec} Rec
 * @typedef {import('./layout.js').Bar} Bar @typedef {import('./layout.js').Point} Point @typedef {import('./layout.js').Drawn} Drawn
 * @typedef {{record: Rec, from: number, due?: number, arrow: Point[], isRetry?: boolean}} Waiting  a message in the queue
 * @typedef {{taken: Rec, end?: Rec, ack?: Rec, again?: Rec, isOver: boolean}} Attempt
 */

/** One drawing per message and subscriber, and one per publication. @param {Rec[]} records @param {number} now @param {number} last @returns {Drawn[]} */
export function textsOf(records, now, last) {
  /** @type {Map<string, Rec[]>} */
  const published = new Map(); // by message
  /** @type {Map<string, Rec[]>} */
  const handled = new Map(); // by message and subscriber
  const add = (/** @type {Map<string, Rec[]>} */ map, /** @type {string} */ key, /** @type {Rec} */ record) => map.set(key, [...(map.get(key) ?? []), record]);
  const texts = new Set(records.filter((r) => r.kind === 'publish' || (r.style === 'text' && r.message)).map((r) => r.message));
  for (const r of records) {
    const { message = '' } = r;
    if (!texts.has(r.message) || r.kind === 'effect' || r.kind === 'state') continue;
    if (r.kind === 'publish') add(published, message, r);
    else if (r.kind !== 'request' && r.kind !== 'response') add(handled, `${message} ${r.target}`, r);
  }
  return [
    ...[...published.values()].map((all) => outbox(all, now)),
    ...[...handled.values()].map((all) => new Subscription(published.get(all[0].message ?? '') ?? []).drawn(all, now, last)),
  ];
}

/** @returns {Drawn} */
const nothing = () => ({ bars: [], arrows: [], marks: [], chains: [] });

/** What the broker did not accept waits in the outbox, or is lost. @param {Rec[]} publications @param {number} now */
function outbox(publications, now) {
  const drawn = nothing();
  publications.forEach((r, i) => {
    if (r.status === 'ok') return;
    drawn.marks.push({ key: r.id, lane: 'broker', at: r.at, kind: r.status === 'lost' ? 'lost' : 'refused', record: r });
    if (r.status === 'lost') return;
    const next = publications.at(i + 1);
    drawn.bars.push({
      key: `outbox ${r.id}`, lane: 'broker', kind: 'queue', from: r.at, to: next?.at ?? now, isOpen: !next, isBroken: false,
      look: 'waiting', isOutbox: true, record: r, end: next,
    });
  });
  return drawn;
}

/** What one subscriber's queue and workers do with one message. */
class Subscription {
  #published;
  /** @type {Waiting[]} */
  #waiting = [];
  /** @type {Attempt[]} */
  #attempts = [];
  #drawn = nothing();

  /** @param {Rec[]} published */
  constructor(published) { this.#published = published; }

  /** @param {Rec[]} records @param {number} now @param {number} last */
  drawn(records, now, last) {
    for (const r of records) this.#take(r);
    for (const entry of this.#waiting) this.#queued(entry, undefined, now);
    for (const attempt of this.#attempts) this.#work(attempt, now, last);
    const attempts = this.#attempts.map((one) => one.taken);
    if (attempts.length > 1) {
      const { message = '', name, target = '' } = attempts[0];
      this.#drawn.chains.push({ message, name, service: target, attempts });
    }
    return this.#drawn;
  }

  /** @param {Rec} r */
  #take(r) {
    switch (r.kind) {
      case 'enqueue': return this.#enqueue(r);
      case 'deliver': return this.#deliver(r);
      case 'redeliver': return this.#redeliver(r);
      case 'retry': return this.#retry(r);
      case 'ack': return this.#finish(r, 'ack');
      default:
        if (ENDS.has(r.kind) || BROKEN_OFF.has(r.name)) return this.#finish(r, 'end');
        return this.#replayedOrDiscarded(r);
    }
  }

  /** @param {Rec} r */
  #enqueue(r) {
    const arrow = this.#pathIn(r);
    if (r.status === 'lost') {
      this.#mark(r, 'lost', queueLane(r.target));
      this.#drawn.arrows.push({ kind: 'text', look: 'failed', points: arrow });
      return;
    }
    const copies = r.fault?.kind === 'duplicate' ? 2 : 1;
    for (let i = 0; i < copies; i += 1) this.#waiting.push({ record: r, from: r.at, arrow });
  }

  /** From the sender to the queue: by the publication that led to it. @param {Rec} r @returns {Point[]} */
  #pathIn(r) {
    const sent = this.#published.findLast((p) => p.status === 'ok' && p.at <= r.at + 1e-6);
    const start = sent ? [{ lane: sent.source ?? '', at: sent.at, record: sent }, { lane: 'broker', at: sent.at, record: sent }] : [{ lane: 'broker', at: r.at, record: r }];
    return [...start, { lane: queueLane(r.target), at: r.at, record: r }];
  }

  /** @param {Rec} r */
  #deliver(r) {
    const entry = this.#waiting.shift() ?? { record: r, from: r.at - (r.wait_ms ?? 0) / 1000, arrow: [] };
    this.#queued(entry, r, r.at);
    this.#arrive(entry.arrow, r, Boolean(entry.isRetry));
  }

  /** @param {Rec} r */
  #redeliver(r) {
    const before = this.#attempts.findLast((one) => !one.ack && !one.isOver);
    if (before) {
      before.isOver = true;
      before.again = r;
    }
    this.#arrive([], r, true);
  }

  /** @param {Point[]} arrow @param {Rec} r @param {boolean} isAgain */
  #arrive(arrow, r, isAgain) {
    const points = [...arrow, { lane: queueLane(r.target), at: r.at, record: r }, { lane: r.target ?? '', at: r.at, record: r }];
    this.#drawn.arrows.push({ kind: isAgain ? 'retry' : 'text', look: isAgain ? 'retry' : 'ok', points });
    this.#attempts.push({ taken: r, isOver: false });
  }

  /** @param {Rec} r */
  #retry(r) {
    const attempt = this.#of(r);
    if (attempt) attempt.isOver = true;
    this.#waiting.push({ record: r, from: r.at, due: r.at + (r.data?.delay_s ?? 0), arrow: backToQueue(r), isRetry: true });
  }

  /** A dead letter. @param {Rec} r */
  #replayedOrDiscarded(r) {
    if (r.name.endsWith(' replayed')) {
      this.#mark(r, 'replayed', queueLane(r.target));
      this.#waiting.push({ record: r, from: r.at, arrow: [] });
    } else if (r.name.endsWith(' discarded')) {
      this.#mark(r, 'discarded', queueLane(r.target));
    }
  }

  /** @param {Rec} r @param {'end'|'ack'} what */
  #finish(r, what) {
    const attempt = this.#of(r);
    if (attempt) attempt[what] = r;
    if (r.kind === 'dead_letter') {
      if (attempt) attempt.isOver = true;
      this.#mark(r, r.status === 'lost' ? 'lost' : 'dead', queueLane(r.target));
      this.#drawn.arrows.push({ kind: 'retry', look: 'failed', points: backToQueue(r) });
    } else if (r.kind === 'note') {
      this.#mark(r, 'killed', r.target ?? '');
      if (attempt?.ack) this.#mark(r, 'lost', queueLane(r.target));
    }
  }

  /** @param {Rec} r */
  #of(r) { return this.#attempts.find((one) => one.taken.span === r.span); }

  /** @param {Rec} record @param {import('./layout.js').Mark['kind']} kind @param {string} lane */
  #mark(record, kind, lane) {
    this.#drawn.marks.push({ key: `${kind} ${record.id}`, lane, at: record.at, kind, record });
  }

  /** In the queue: first the back-off, if there is one, then waiting. @param {Waiting} entry @param {Rec|undefined} taken @param {number} now */
  #queued({ record, from, due = from }, taken, now) {
    const to = taken?.at ?? Math.max(now, from);
    const bar = { lane: queueLane(record.target), record, end: taken, isBroken: false, attempt: (record.attempt ?? 0) + 1 };
    const backedOff = Math.min(due, to);
    const isOpen = !taken;
    if (backedOff > from) {
      this.#drawn.bars.push({ ...bar, key: `backoff ${record.id}`, kind: 'backoff', from, to: backedOff, isOpen: isOpen && now < due, look: 'retry' });
    }
    if (to > backedOff || !(backedOff > from)) {
      this.#drawn.bars.push({ ...bar, key: `queue ${record.id} ${taken?.id ?? ''}`, kind: 'queue', from: backedOff, to, isOpen, look: 'waiting' });
    }
  }

  /** @param {Attempt} attempt @param {number} now @param {number} last */
  #work({ taken, end, ack, again, isOver }, now, last) {
    const until = end?.at ?? again?.at;
    this.#drawn.bars.push({
      key: `work ${taken.span}`, lane: taken.target ?? '', kind: 'work', from: taken.at, ...ending(taken.at, until, now, last),
      look: lookOf(end, taken), attempt: taken.attempt, record: taken, end, span: taken.span,
      ...(end || !again ? {} : { isBroken: true }),
    });
    // The work has ended without an ack: the broker keeps the message for this worker.
    const silentUntil = again?.at ?? (ack || isOver ? undefined : now);
    if (end && end.status !== 'lost' && end.kind !== 'dead_letter' && !ack && silentUntil !== undefined && silentUntil - end.at > UNNOTICED_S) {
      this.#drawn.bars.push({
        key: `held ${taken.span}`, lane: queueLane(taken.target), kind: 'held', from: end.at, to: silentUntil,
        isOpen: !again, isBroken: false, look: 'waiting', record: end, end: again,
      });
    }
  }
}

/** @param {Rec} r @returns {Point[]} */
const backToQueue = (r) => [{ lane: r.target ?? '', at: r.at, record: r }, { lane: queueLane(r.target), at: r.at, record: r }];

/** @param {Rec|undefined} end @param {Rec} taken */
function lookOf(end, taken) {
  if (end && end.status !== 'ok' && end.status !== 'duplicate') return 'failed';
  if (end?.status === 'duplicate') return 'retry';
  return (taken.attempt ?? 1) > 1 || taken.kind === 'redeliver' ? 'retry' : 'ok';
}
