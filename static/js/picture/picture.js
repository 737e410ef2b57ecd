// The live topology: Mermaid's drawing, our dots, labels and states above it.

import { element } from '../dom.js';
import { paced } from '../frames.js';
import { draw } from '../mermaid/draw.js';
import { title } from '../state/plain.js';
import { travels } from '../state/records.js';
import { arrowOf, nodeOf, queueOf } from '../state/travel.js';
import { Diagram } from './diagram.js';
import { Dots } from './dots.js';
import { breakerLabels, faultLabels, queueLabels, slotLabels, waitLabels, workLabels } from './labels.js';
import { Roving } from './roving.js';
import { Tags } from './tags.js';
import { Told } from './told.js';

const NARROW_PX = 620;
const REFRESH_MS = 160;
const CAPTION_MS = 160;
const GONE = new Set(['unreachable', 'hang', 'broker_down']);

/** Events: `press` ({record, records} or {node} or {edge}: meaning of the part), `show` (record that sets out). */
export class Picture extends EventTarget {
  dots = new Dots();
  #place; #store; #diagram = null; #tags = null; #follow = null; #drawn = ''; #answered = null; #aheadOfServer_s = 0; #isSeen = false; #newest = null;
  #told = new Told();
  #roving = new Roving();

  constructor(place, store) {
    super();
    this.#place = place;
    this.#store = store;
    this.refresh = paced(REFRESH_MS, () => this.#refresh());
    store.addEventListener('topology', () => this.#draw());
    store.addEventListener('faults', this.refresh);
    store.addEventListener('stats', ({ detail }) => { this.#aheadOfServer_s = Date.now() / 1000 - detail.at; this.refresh(); });
    store.addEventListener('records', ({ detail }) => this.#take(detail));
    store.addEventListener('seek', () => this.#settle());
    store.addEventListener('frozen', () => this.dots.freeze(store.frozen));
    store.addEventListener('time', () => { this.dots.speed = store.speed; });
    this.dots.began = (record) => store.began(record);
    this.dots.addEventListener('depart', ({ detail }) => this.#departed(detail));
    this.dots.addEventListener('arrive', ({ detail }) => this.#arrived(detail));
    this.dots.addEventListener('press', ({ detail }) => this.#press({ record: detail[0], records: detail }));
    // Asking the browser for it at every frame of records would have it lay out the page each time.
    new ResizeObserver(([{ contentRect }]) => { this.#isSeen = contentRect.width > 0; this.#draw(); }).observe(place);
  }

  /** Dim all but this message, until null. @param {import('../state/records.js').Rec|null} record */
  async follow(record) {
    const { Follow } = await import('./follow.js').catch(() => ({})); // few ever follow one
    if (!Follow) return;
    this.#follow ??= new Follow();
    this.#follow.over(this.#diagram);
    this.#follow.to(record, this.#store.state.log);
    this.dispatchEvent(new CustomEvent('follow', { detail: record }));
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
    const badges = diagram.overlay('badges');
    const layer = diagram.ground('dots');
    const frame = element('div', { class: 'diagram' });
    frame.append(diagram.svg, badges, layer);
    this.#place.replaceChildren(frame);
    diagram.measure();
    this.#tags = new Tags(badges);
    this.#follow?.over(diagram);
    this.#follow?.to(this.#follow.record, this.#store.state.log);
    this.dots.place(layer, diagram.paths);
    this.#describe(diagram);
    this.#told.settle(this.#store.state, performance.now(), arrowOf);
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
    if (this.#store.frozen) this.dots.clear(); // a step: only what it shows moves
    this.#told.know(records);
    if (past) this.#told.settle(this.#store.state, performance.now(), arrowOf);
    else this.#tell(records.filter(travels));
    if (this.#store.frozen) this.#showLast(records.at(-1));
    if (records.some((r) => r.name === 'Reset')) this.#answered = null;
    this.#follow?.grow(records);
    this.refresh();
  }

  /** As dots; where nobody sees them, the caption goes straight to the newest. */
  #tell(travelling) {
    if (this.#diagram && this.#isSeen && !document.hidden) return this.dots.send(travelling);
    this.#told.settle(this.#store.state, performance.now(), arrowOf);
    if (!travelling.length) return;
    this.#tellDeparted(travelling);
    this.#showLast(travelling.at(-1));
  }

  #tellDeparted(records) {
    this.dispatchEvent(new CustomEvent('depart', { detail: records }));
  }

  /** Have the dots of this record's story come to where it happened? */
  hasReached({ trace, target }) {
    return this.dots.hasReached(trace, nodeOf(target));
  }

  /** The shown state has jumped: no dot is on its way; the last record stands where it went. */
  #settle() {
    const { state } = this.#store;
    const last = state.log.at(-1);
    this.dots.clear();
    this.#told.settle(state, performance.now(), arrowOf);
    this.#answered = state.run?.answered?.status ?? null;
    if (last) {
      if (this.#diagram && this.#store.mode !== 'live') this.dots.stand(last);
      this.#showLast(last);
    }
    this.refresh();
  }

  #showLast(record) {
    this.dispatchEvent(new CustomEvent('show', { detail: record }));
  }

  /** The caption is read, not watched: under load only the newest of several. */
  #showNewest(record) {
    this.#newest = record;
    this.#caption();
  }

  #caption = paced(CAPTION_MS, () => this.#showLast(this.#newest));

  #departed(dots) {
    for (const dot of dots) {
      this.#told.departed(dot);
      if (dot.record.kind === 'request' && dot.record.source === 'customer') this.#answered = null;
    }
    this.#tellDeparted(dots.map(({ record }) => record));
    this.#showNewest(dots.at(-1).record);
    this.refresh();
  }

  #arrived(dots) {
    const now = performance.now();
    for (const dot of dots) {
      this.#told.arrived(dot, now);
      if (dot.record.kind === 'response' && dot.record.target === 'customer') this.#answered = dot.record.status;
    }
    this.refresh();
  }

  /** The moment that is shown, in the company's time. */
  #now() {
    return this.#store.at ?? Date.now() / 1000 - this.#aheadOfServer_s;
  }

  #refresh() {
    if (!this.#diagram) return;
    const faults = this.#store.shownFaults;
    const waits = this.#told.waits(this.#now());
    const works = this.#told.works(performance.now());
    const badges = [...this.#breakers(), ...faultLabels(faults)];
    this.#showNodes(faults, waits, works, badges);
    this.#showLines();
    const queues = [...this.#diagram.meaning.values()].filter((part) => part.kind === 'queue');
    for (const { id, service } of queues) this.#showDepth(id, service);
    this.#showTags(badges, waits, works, queues);
    // Clocks run and work ends without any record.
    if ((waits.size || works.size) && !this.#store.frozen) this.refresh();
  }

  #breakers() {
    const { shownDesign, shownBreakers } = this.#store;
    return shownDesign.breaker?.on ? breakerLabels(this.#diagram.callees, shownBreakers) : [];
  }

  #showNodes(faults, waits, works, badges) {
    const atWork = new Set([...works].filter(([, { n }]) => n).map(([service]) => nodeOf(service)));
    for (const [id, group] of this.#diagram.nodes) {
      const bad = faults.filter((f) => nodeOf(f.target) === id && !f.is_spent);
      toggle(group, 'is-waiting', waits.has(id));
      toggle(group, 'is-working', atWork.has(id));
      toggle(group, 'is-failed', bad.some((f) => GONE.has(f.kind)));
      toggle(group, 'is-slow', bad.some((f) => !GONE.has(f.kind)));
      toggle(group, 'has-answer', id === 'customer' && this.#answered !== null);
      const part = this.#diagram.meaning.get(id);
      if (part.kind !== 'queue') tellName(group, [part.title, ...badges.filter(({ at }) => at === id).map(({ words }) => words)].join(', '));
    }
  }

  /** A call holds its line until the answer is there; a text holds none. */
  #showLines() {
    const lines = this.#told.lines();
    for (const [edge, path] of this.#diagram.paths) toggle(path, 'is-held', lines.has(edge));
  }

  /** The depth as far as the dots have told it: what is still on its way there is not yet there. */
  #showDepth(id, service) {
    const depth = this.#store.state.queues[service];
    const ready = Math.max(0, (depth?.ready ?? 0)
      - this.dots.underWay('enqueue', `broker__${queueOf(service)}`)
      + this.dots.notDeparted('deliver', `${queueOf(service)}__${nodeOf(service)}`));
    const group = this.#diagram.nodes.get(id);
    const { unacked = 0, delayed = 0, dead = 0 } = depth ?? {};
    const waiting = ready + delayed; // for the reader of the picture both still wait
    const name = `${title(service)} queue: ${ready} ready, ${unacked} unacked, ${delayed} delayed, ${dead} dead`;
    this.#diagram.label(id, `${ready} ready`);
    toggle(group, 'is-filled', waiting > 0);
    toggle(group, 'is-hot', waiting >= 5);
    tellName(group, name);
    if (group.dataset.depth !== String(waiting)) group.dataset.depth = waiting;
  }

  #showTags(badges, waits, works, queues) {
    const { state, shownDesign } = this.#store;
    const held = this.#told.lines();
    this.#tags.show(this.#diagram.put([
      ...badges,
      ...slotLabels(shownDesign.request_slots, held.get('customer__gateway') ?? 0),
      ...waitLabels(waits),
      ...workLabels(works, shownDesign.replicas ?? {}),
      ...queues.flatMap(({ service }) => queueLabels(service, state.queues[service], state.lost[service])),
    ]));
  }

  #press(detail) {
    this.dispatchEvent(new CustomEvent('press', { detail }));
  }
}

function tellName(part, name) {
  if (part.getAttribute('aria-label') !== name) part.setAttribute('aria-label', name);
}

/** classList.toggle that touches nothing where nothing changes. */
function toggle(part, name, on) {
  if (part.classList.contains(name) !== on) part.classList.toggle(name, on);
}
