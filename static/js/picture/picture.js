// The live topology: Mermaid's drawing, our dots, badges and states above it.

import { element, svg, throttled } from '../dom.js';
import { draw } from '../mermaid/draw.js';
import { title } from '../state/plain.js';
import { nodeOf, queueOf } from '../state/travel.js';
import { travels } from '../state/records.js';
import { Diagram } from './diagram.js';
import { Dots } from './dots.js';
import { Roving } from './roving.js';

const NARROW_PX = 620;
// A fault's badge by what it does: slower, again, or not at all.
const LOOKS = { latency: 'retry', slow: 'retry', paused: 'waiting', duplicate: 'retry', reorder: 'retry', ack_lost: 'retry' };
const GONE = new Set(['unreachable', 'hang', 'broker_down']);

function faultWords(fault) {
  const from = fault.target.includes('->') ? ` from ${title(fault.target.split('->')[0])}` : '';
  const what = ['latency', 'slow'].includes(fault.kind) ? `+${fault.ms} ms` : fault.kind.replaceAll('_', ' ');
  const whom = fault.limit === 1 ? ' next' : fault.percentage < 100 ? ` ${fault.percentage} %` : '';
  return `${what}${whom}${from}${fault.hits ? ` · ${fault.hits}` : ''}`;
}

/** Events: `press` ({record} or {node} or {edge}: meaning of the part), `show` (record that sets out). */
export class Picture extends EventTarget {
  dots = new Dots();
  #place; #store; #diagram = null; #badges = null; #drawn = ''; #waits = new Map(); #answered = null;
  #roving = new Roving();

  constructor(place, store) {
    super();
    this.#place = place;
    this.#store = store;
    this.refresh = throttled(80, () => this.#refresh());
    store.addEventListener('topology', () => this.#draw());
    store.addEventListener('faults', this.refresh);
    store.addEventListener('stats', this.refresh);
    store.addEventListener('records', ({ detail }) => this.#take(detail));
    store.addEventListener('seek', () => { this.dots.clear(); this.refresh(); });
    store.addEventListener('frozen', () => this.dots.freeze(store.frozen));
    this.dots.addEventListener('depart', ({ detail }) => this.#departed(detail));
    this.dots.addEventListener('arrive', ({ detail }) => this.#arrived(detail));
    this.dots.addEventListener('press', ({ detail }) => this.#press({ record: detail }));
    new ResizeObserver(() => this.#draw()).observe(place);
  }

  async #draw() {
    const frame = this.#store.topology;
    if (!frame || !this.#place.clientWidth) return;
    const source = this.#place.clientWidth < NARROW_PX ? frame.source_tb : frame.source;
    if (source === this.#drawn) return;
    this.#drawn = source;
    try {
      const drawing = await draw(source);
      if (source === this.#drawn) this.#show(new Diagram(drawing, frame));
    } catch (error) {
      this.#drawn = '';
      this.#place.replaceChildren(element('p', { class: 'drawing' }, `The picture could not be drawn (${error.message}). The list shows the same.`));
    }
  }

  #show(diagram) {
    this.#diagram = diagram;
    this.#badges = diagram.overlay('badges');
    const layer = diagram.overlay('dots');
    const frame = element('div', { class: 'diagram' });
    frame.append(diagram.svg, this.#badges, layer);
    this.#place.replaceChildren(frame);
    this.dots.place(layer, diagram.paths);
    this.#waits.clear();
    this.#describe(diagram);
    this.#refresh();
  }

  #describe(diagram) {
    diagram.svg.setAttribute('role', 'group');
    diagram.svg.setAttribute('aria-label', 'The company. Arrow keys go from part to part, Enter opens one.');
    const parts = [...diagram.nodes.values(), ...diagram.svg.querySelectorAll('.grip')];
    for (const part of parts) {
      part.setAttribute('role', 'button');
      part.setAttribute('aria-label', this.#nameOf(diagram.meaning.get(part.dataset.node ?? part.dataset.grip)));
    }
    this.#roving.over(parts, (part) => this.#press(part.dataset.node
      ? { node: diagram.meaning.get(part.dataset.node) } : { edge: diagram.meaning.get(part.dataset.grip) }));
  }

  #nameOf(part) {
    if (part.title) return part.title;
    const [from, to] = [part.from, part.to].map((id) => this.#diagram.meaning.get(id).title);
    return `${part.style === 'call' ? 'Call' : 'Text'} from ${from} to ${to}${part.flippable.length ? ', can be flipped' : ''}`;
  }

  #take({ records, past }) {
    if (!past) this.#tell(records.filter(travels));
    if (records.some((r) => r.name === 'Reset')) this.#answered = null;
    this.refresh();
  }

  /** As dots; where nobody sees them, the caption goes straight to the newest. */
  #tell(travelling) {
    if (this.#diagram && this.#place.offsetParent) this.dots.send(travelling);
    else if (travelling.length) this.dispatchEvent(new CustomEvent('show', { detail: travelling.at(-1) }));
  }

  #departed({ record, arrow }) {
    if (record.kind === 'request') this.#wait(arrow.from, 1);
    if (record.kind === 'request' && record.source === 'customer') this.#answered = null;
    this.dispatchEvent(new CustomEvent('show', { detail: record }));
    this.refresh();
  }

  #arrived({ record, arrow }) {
    if (record.kind === 'response') this.#wait(arrow.to, -1);
    if (record.kind === 'response' && record.target === 'customer') this.#answered = record.status;
    this.refresh();
  }

  #wait(node, by) {
    this.#waits.set(node, Math.max(0, (this.#waits.get(node) ?? 0) + by));
  }

  #refresh() {
    if (!this.#diagram) return;
    const { state, faults } = this.#store;
    for (const [id, group] of this.#diagram.nodes) {
      group.classList.toggle('is-waiting', (this.#waits.get(id) ?? 0) > 0);
      const bad = faults.filter((f) => nodeOf(f.target) === id);
      group.classList.toggle('is-failed', bad.some((f) => GONE.has(f.kind)));
      group.classList.toggle('is-slow', bad.some((f) => !GONE.has(f.kind)));
      group.classList.toggle('has-answer', id === 'customer' && this.#answered !== null);
    }
    for (const [id, part] of this.#diagram.meaning) {
      if (part.kind === 'queue') this.#showDepth(id, part.service, state.queues[part.service]);
    }
    this.#showBadges(faults);
  }

  /** The depth as far as the dots have told it: what is still on its way there is not yet there. */
  #showDepth(id, service, depth) {
    const waiting = (depth?.ready ?? 0) + (depth?.delayed ?? 0)
      - this.dots.under_way('enqueue', `broker__${queueOf(service)}`)
      + this.dots.not_departed('deliver', `${queueOf(service)}__${nodeOf(service)}`);
    const shown = String(Math.max(0, waiting));
    this.#diagram.label(id, shown);
    const group = this.#diagram.nodes.get(id);
    group.classList.toggle('is-filled', shown !== '0');
    group.classList.toggle('is-hot', Number(shown) >= 5);
    group.setAttribute('aria-label', `${title(service)} queue: ${shown} waiting`);
    group.dataset.depth = shown;
  }

  #showBadges(faults) {
    const seen = faults.map((fault) => ({ fault, at: this.#anchor(fault.target) })).filter(({ at }) => this.#diagram.nodes.has(at));
    const above = new Map();
    const stack = (at) => { above.set(at, (above.get(at) ?? -1) + 1); return above.get(at); };
    const badges = seen.map(({ fault, at }) => this.#badge(at, stack(at), faultWords(fault), LOOKS[fault.kind] ?? 'failed'));
    for (const [service, phase] of Object.entries(this.#store.stats?.breakers ?? {})) {
      const at = nodeOf(service);
      if (phase !== 'closed' && this.#diagram.nodes.has(at)) badges.push(this.#badge(at, stack(at), `breaker ${phase}`, 'dead'));
    }
    for (const [service, n] of Object.entries(this.#store.design.replicas ?? {})) {
      const at = nodeOf(service);
      if (n > 1 && this.#diagram.nodes.has(queueOf(service))) badges.push(this.#badge(at, stack(at), `× ${n}`, ''));
    }
    const waits = [...this.#waits].filter(([id, n]) => n > 0 && this.#diagram.nodes.has(id)).map(([id]) => this.#waitBadge(id));
    this.#badges.replaceChildren(...badges, ...waits);
  }

  /** Where a fault is shown: at its service, at the broker, or at the receiver of its arrow. */
  #anchor(target) {
    return nodeOf(target.split('->').at(-1));
  }

  #badge(at, above, words, look) {
    const box = this.#diagram.box(at);
    return this.#tag(box.x + box.width / 2, box.y - 8 - above * 20, words, look);
  }

  #waitBadge(id) {
    const box = this.#diagram.box(id);
    return this.#tag(box.x + box.width / 2, box.y + box.height + 9, 'waits', 'waiting');
  }

  /** A label at a place; `look` is its sign, "" for none. */
  #tag(x, y, words, look) {
    const width = (look ? 26 : 14) + words.length * 6.5;
    const use = look ? [svg('use', { href: `#s-${look}`, class: `s ${look}`, x: 7 - width / 2, y: -5, width: 10, height: 10 })] : [];
    return svg('g', { class: `tag ${look}`, transform: `translate(${x},${y})` },
      svg('rect', { x: -width / 2, y: -9, width, height: 18, rx: 9 }), ...use, svg('text', { x: look ? 7 : 0, y: 0.5 }, words));
  }

  #press(detail) {
    this.dispatchEvent(new CustomEvent('press', { detail }));
  }
}
