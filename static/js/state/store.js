// What the page knows, and who wants to hear of it.

import { compareCursors, empty, reduce, withDepths, KEPT } from './records.js';

/**
 * Events: `records` ({records, past}: past ones happened before this page was watching),
 * `frozen`, and one named after each frame: `design`, `faults`, `topology`, `sequence`,
 * `stats`, `gap`.
 */
export class Store extends EventTarget {
  state = empty();
  connections = [];
  faults = [];
  design = {};
  topology = null;
  stats = null;
  frozen = false;
  #held = [];
  #began = '0-0'; // the newest record when we joined

  /** @param {import('./records.js').Rec[]} records */
  take(records) {
    if (this.frozen) {
      this.#held = this.#held.concat(records).slice(-KEPT);
      return this.#tell('frozen', this.#held.length);
    }
    this.state = reduce(this.state, records);
    const isPast = (r) => compareCursors(r.id, this.#began) <= 0;
    const past = records.filter(isPast);
    if (past.length) this.#tell('records', { records: past, past: true });
    if (past.length < records.length) {
      this.#tell('records', { records: records.slice(past.length), past: false });
    }
  }

  /** Any other frame of the socket. */
  frame(frame) {
    switch (frame.type) {
      case 'welcome': this.#began = frame.cursor; break;
      case 'design':
        this.connections = frame.connections;
        this.design = frame.design;
        break;
      case 'faults': this.faults = frame.faults; break;
      case 'diagram':
        if (frame.diagram === 'topology') this.topology = frame;
        return this.#tell(frame.diagram, frame);
      case 'stats':
        this.stats = frame;
        // Depths counted at another place in the log than ours would count some twice.
        if (!this.frozen && frame.cursor === this.state.cursor) this.state = withDepths(this.state, frame.queues);
        break;
    }
    this.#tell(frame.type, frame);
  }

  /** Hold what arrives, or let all that was held go on. */
  freeze(frozen) {
    this.frozen = frozen;
    this.#tell('frozen', 0);
    const held = this.#held;
    this.#held = [];
    if (held.length) this.take(held);
  }

  connection(id) {
    return this.connections.find((c) => c.id === id);
  }

  fault(kind, target) {
    return this.faults.find((f) => f.kind === kind && f.target === target);
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
