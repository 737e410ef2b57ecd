// Texts in time and space: out of the sender's hand, through the broker into a queue, taken,
// worked on, acknowledged; and whatever else happens to them on the way.

import { ending } from './ending.js';
import { queueLane } from './lanes.js';

const UNNOTICED_S = 0.05; // between the end of the work and its ack there are always a few ms
const ENDS = new Set(['process', 'dead_letter']);
const AGAIN = new Set(['Killed', 'Crashed']);

/** One drawing per message and subscriber, and one per publication that failed. */
export function textsOf(records, now, last) {
  const published = new Map(); // message -> publish records
  const stories = new Map(); // message + subscriber -> records
  const note = (map, key, record) => map.set(key, [...(map.get(key) ?? []), record]);
  const texts = new Set(records.filter((r) => r.kind === 'publish' || (r.style === 'text' && r.message)).map((r) => r.message));
  for (const r of records) {
    if (!texts.has(r.message) || r.kind === 'effect' || r.kind === 'state') continue;
    if (r.kind === 'publish') note(published, r.message, r);
    else if (r.kind !== 'request' && r.kind !== 'response') note(stories, `${r.message} ${r.target}`, r);
  }
  return [
    ...[...published.values()].map((all) => outbox(all, now)),
    ...[...stories.values()].map((all) => new Story(published.get(all[0].message) ?? []).told(all, now, last)),
  ];
}

/** What the broker did not take waits in the outbox, or is nowhere. */
function outbox(publications, now) {
  const drawn = { bars: [], marks: [] };
  publications.forEach((r, i) => {
    if (r.status === 'ok') return;
    drawn.marks.push({ key: r.id, lane: 'broker', at: r.at, kind: r.status === 'lost' ? 'lost' : 'refused', record: r });
    if (r.status === 'lost') return;
    const next = publications[i + 1];
    drawn.bars.push({
      key: `outbox ${r.id}`, lane: 'broker', kind: 'queue', from: r.at, to: next?.at ?? now, isOpen: !next, isBroken: false,
      look: 'waiting', isOutbox: true, record: r, end: next,
    });
  });
  return drawn;
}

/** What one subscriber's queue and hands do with one message. */
class Story {
  #published; #waiting = []; #attempts = []; #drawn = { bars: [], ways: [], marks: [], chains: [] };

  constructor(published) {
    this.#published = published;
  }

  told(records, now, last) {
    for (const r of records) this.#take(r);
    for (const entry of this.#waiting) this.#queued(entry, undefined, now);
    for (const attempt of this.#attempts) this.#work(attempt, now, last);
    const attempts = this.#attempts.map((one) => one.taken);
    if (attempts.length > 1) {
      const { message, name, target } = attempts[0];
      this.#drawn.chains.push({ message, name, service: target, attempts });
    }
    return this.#drawn;
  }

  #take(r) {
    switch (r.kind) {
      case 'enqueue': return this.#enqueue(r);
      case 'deliver': return this.#deliver(r);
      case 'redeliver': return this.#redeliver(r);
      case 'retry': return this.#retry(r);
      case 'ack': return this.#note(r, 'ack');
      default:
        if (ENDS.has(r.kind)) return this.#note(r, 'end');
        if (AGAIN.has(r.name)) return this.#note(r, 'end');
        return this.#letter(r);
    }
  }

  #enqueue(r) {
    const way = this.#wayIn(r);
    if (r.status === 'lost') {
      this.#mark(r, 'lost', queueLane(r.target));
      this.#drawn.ways.push({ kind: 'text', look: 'failed', points: way });
      return;
    }
    // The publisher may have put two copies there.
    const copies = r.fault?.kind === 'duplicate' ? 2 : 1;
    for (let i = 0; i < copies; i += 1) this.#waiting.push({ record: r, from: r.at, way });
  }

  /** From the sender's hand to the queue: by the publication that led to it. */
  #wayIn(r) {
    const sent = this.#published.findLast((p) => p.status === 'ok' && p.at <= r.at + 1e-6);
    const start = sent ? [{ lane: sent.source, at: sent.at, record: sent }, { lane: 'broker', at: sent.at, record: sent }] : [{ lane: 'broker', at: r.at, record: r }];
    return [...start, { lane: queueLane(r.target), at: r.at, record: r }];
  }

  #deliver(r) {
    const entry = this.#waiting.shift() ?? { record: r, from: r.at - (r.wait_ms ?? 0) / 1000, way: [] };
    this.#queued(entry, r);
    this.#arrive(entry.way, r, entry.isRetry);
  }

  #redeliver(r) {
    const before = this.#attempts.findLast((one) => !one.ack && !one.isOver);
    if (before) {
      before.isOver = true;
      before.again = r;
    }
    this.#arrive([], r, true);
  }

  #arrive(way, r, isAgain) {
    const points = [...way, { lane: queueLane(r.target), at: r.at, record: r }, { lane: r.target, at: r.at, record: r }];
    this.#drawn.ways.push({ kind: isAgain ? 'retry' : 'text', look: isAgain ? 'retry' : 'ok', points });
    this.#attempts.push({ taken: r, end: null, ack: null, again: null, isOver: false });
  }

  #retry(r) {
    const attempt = this.#of(r);
    if (attempt) attempt.isOver = true;
    const way = [{ lane: r.target, at: r.at, record: r }, { lane: queueLane(r.target), at: r.at, record: r }];
    this.#waiting.push({ record: r, from: r.at, due: r.at + (r.data?.delay_s ?? 0), way, isRetry: true });
  }

  /** Replayed or discarded by somebody. */
  #letter(r) {
    if (r.name.endsWith(' replayed')) {
      this.#mark(r, 'replayed', queueLane(r.target));
      this.#waiting.push({ record: r, from: r.at, way: [] });
    } else if (r.name.endsWith(' discarded')) {
      this.#mark(r, 'discarded', queueLane(r.target));
    }
  }

  #note(r, what) {
    const attempt = this.#of(r);
    if (attempt) attempt[what] = r;
    if (r.kind === 'dead_letter') {
      if (attempt) attempt.isOver = true;
      this.#mark(r, r.status === 'lost' ? 'lost' : 'dead', queueLane(r.target));
      const points = [{ lane: r.target, at: r.at, record: r }, { lane: queueLane(r.target), at: r.at, record: r }];
      this.#drawn.ways.push({ kind: 'retry', look: 'failed', points });
    } else if (r.kind === 'note') {
      this.#mark(r, 'killed', r.target);
      if (attempt?.ack) this.#mark(r, 'lost', queueLane(r.target));
    }
  }

  #of(r) {
    return this.#attempts.find((one) => one.taken.span === r.span);
  }

  #mark(record, kind, lane) {
    this.#drawn.marks.push({ key: `${kind} ${record.id}`, lane, at: record.at, kind, record });
  }

  /** It lies in the queue: first the back-off, if it was told to stay away, then waiting. */
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

  #work({ taken, end, ack, again, isOver }, now, last) {
    const until = end?.at ?? again?.at;
    this.#drawn.bars.push({
      key: `work ${taken.span}`, lane: taken.target, kind: 'work', from: taken.at, ...ending(taken.at, until, now, last),
      look: lookOf(end, taken), attempt: taken.attempt, record: taken, end, span: taken.span,
      ...(end || !again ? {} : { isBroken: true }),
    });
    // Done or dead, and the broker has not heard of it: it keeps the message for its taker.
    const silentUntil = again?.at ?? (ack || isOver ? undefined : now);
    if (end && end.status !== 'lost' && end.kind !== 'dead_letter' && !ack && silentUntil - end.at > UNNOTICED_S) {
      this.#drawn.bars.push({
        key: `held ${taken.span}`, lane: queueLane(taken.target), kind: 'held', from: end.at, to: silentUntil,
        isOpen: !again, isBroken: false, look: 'waiting', record: end, end: again,
      });
    }
  }
}

function lookOf(end, taken) {
  if (end && end.status !== 'ok' && end.status !== 'duplicate') return 'failed';
  if (end?.status === 'duplicate') return 'retry';
  return taken.attempt > 1 || taken.kind === 'redeliver' ? 'retry' : 'ok';
}
