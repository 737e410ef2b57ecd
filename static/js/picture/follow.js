// One message followed, all others dimmed.

import { arrowOf } from '../state/travel.js';

/** @typedef {import('../state/types.js').Rec} Rec */

export class Follow {
  /** @type {Rec|null} */
  record = null;
  /** @type {import('./diagram.js').Diagram|null} */
  #diagram = null;
  #sheet = new CSSStyleSheet();

  /** Use this drawing from now on. @param {import('./diagram.js').Diagram|null} diagram */
  over(diagram) { this.#diagram = diagram; }

  /** @param {Rec|null} record @param {Rec[]} log */
  to(record, log) {
    this.record = record;
    const frame = this.#diagram?.svg.parentElement;
    if (!frame) return;
    frame.classList.toggle('is-following', record !== null);
    for (const part of frame.querySelectorAll('.is-on-its-way')) part.classList.remove('is-on-its-way');
    this.#select();
    if (record) this.grow(log);
  }

  /** Its message has gone further. @param {Rec[]} records */
  grow(records) {
    if (!this.record || !this.#diagram) return;
    for (const r of records) {
      if (r.message !== this.record.message) continue;
      const arrow = arrowOf(r);
      if (!arrow) continue;
      this.#diagram.paths.get(arrow.edge)?.classList.add('is-on-its-way');
      for (const node of [arrow.from, arrow.to]) this.#diagram.nodes.get(node)?.classList.add('is-on-its-way');
    }
  }

  /** A rule instead of a class: dots come and go many times a second. */
  #select() {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== this.#sheet);
    if (!this.record?.message) return;
    this.#sheet.replaceSync(`.is-following .dot:not([data-messages~="${CSS.escape(this.record.message)}"]) { opacity: .12; }`);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, this.#sheet];
  }
}
