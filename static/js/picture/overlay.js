// The state on the drawing: looks and names of nodes, open calls on arrows, depths of queues, labels.

import { openCalls, waits, works } from '../state/shown_state.js';
import { title } from '../state/plain.js';
import { nodeOf } from '../state/travel.js';
import { breakerLabels, faultLabels, queueLabels, slotLabels, waitLabels, workLabels } from './labels.js';
import { Tags } from './tags.js';

const GONE = new Set(['unreachable', 'hang', 'broker_down']);

/**
 * @typedef {import('./labels.js').Label} Label
 * @typedef {ReturnType<typeof waits>} Waits @typedef {ReturnType<typeof works>} Works
 */

export class Overlay {
  #diagram; #tags;

  /** @param {import('./diagram.js').Diagram} diagram @param {SVGSVGElement} layer  for labels */
  constructor(diagram, layer) {
    this.#diagram = diagram;
    this.#tags = new Tags(layer);
  }

  /**
   * @param {import('../state/types.js').State} state  at the moment that is shown @param {number} at  that moment, in unix seconds
   * @param {import('../state/shown_state.js').Ends} ends
   * @returns {boolean} whether it changes without any record: clocks run, and work ends
   */
  show(state, at, ends) {
    const waiting = waits(state, at);
    const working = works(state, ends, performance.now());
    const calls = openCalls(state, at);
    const faults = [...state.faults.values()];
    const breakers = state.design?.breaker.on ? breakerLabels(this.#diagram.callees, state.breakers) : [];
    const badges = [...breakers, ...faultLabels(faults)];
    this.#showNodes(faults, waiting, working, badges, Boolean(state.run?.answered));
    for (const [edge, path] of this.#diagram.paths) toggle(path, 'is-held', calls.has(edge)); // a text holds no caller
    const queues = this.#diagram.queues;
    for (const { id, service } of queues) this.#showDepth(id, service, state.queues[service]);
    this.#tags.show(this.#diagram.put([
      ...badges,
      ...slotLabels(state.design?.request_slots ?? null, calls.get('customer__gateway') ?? 0),
      ...waitLabels(waiting),
      ...workLabels(working, state.design?.replicas ?? {}),
      ...queues.flatMap(({ service }) => queueLabels(service, state.queues[service], state.lost[service])),
    ]));
    return waiting.size + working.size > 0;
  }

  /** @param {import('../state/types.js').Fault[]} faults @param {Waits} waiting @param {Works} working @param {Label[]} badges @param {boolean} hasAnswer */
  #showNodes(faults, waiting, working, badges, hasAnswer) {
    const busy = new Set([...working].filter(([, { n }]) => n).map(([service]) => nodeOf(service)));
    for (const [id, group] of this.#diagram.nodes) {
      const here = faults.filter((fault) => nodeOf(fault.target) === id && !fault.is_spent);
      toggle(group, 'is-waiting', waiting.has(id));
      toggle(group, 'is-working', busy.has(id));
      toggle(group, 'is-failed', here.some(({ kind }) => GONE.has(kind)));
      toggle(group, 'is-slow', here.some(({ kind }) => !GONE.has(kind)));
      toggle(group, 'has-answer', id === 'customer' && hasAnswer);
      const node = this.#diagram.node(id);
      if (node && node.kind !== 'queue') setName(group, [node.title, ...badges.filter((badge) => badge.at === id).map(({ words }) => words)].join(', '));
    }
  }

  /** @param {string} id @param {string} service @param {import('../state/types.js').Depth} [depth] */
  #showDepth(id, service, depth) {
    const group = this.#diagram.nodes.get(id);
    if (!group) return;
    const { ready = 0, unacked = 0, delayed = 0, dead = 0 } = depth ?? {};
    const waiting = ready + delayed; // in the picture both wait
    this.#diagram.label(id, `${ready} ready`);
    toggle(group, 'is-filled', waiting > 0);
    toggle(group, 'is-hot', waiting >= 5);
    setName(group, `${title(service)} queue: ${ready} ready, ${unacked} unacked, ${delayed} delayed, ${dead} dead`);
    if (group.dataset.depth !== String(waiting)) group.dataset.depth = String(waiting);
  }
}

/** @param {Element} part @param {string} name */
function setName(part, name) {
  if (part.getAttribute('aria-label') !== name) part.setAttribute('aria-label', name);
}

/** classList.toggle that touches nothing where nothing changes. @param {Element} part @param {string} name @param {boolean} on */
function toggle(part, name, on) {
  if (part.classList.contains(name) !== on) part.classList.toggle(name, on);
}
