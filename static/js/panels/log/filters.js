// The search of the log: a line to type in, filters to choose, and a chip for each that removes it.

import { element, one } from '../../dom.js';
import { onKey } from '../../keys.js';
import { occurring, parse } from '../../state/search.js';

/** @typedef {import('../../state/search.js').Filter} Filter @typedef {import('../../state/types.js').Rec} Rec */

/** @type {Object<string, string>} */
const OFFERED = { service: 'Service', kind: 'Kind', status: 'Status', fault: 'Fault' };

/** Events: `change`. */
export class Filters extends EventTarget {
  /** @type {Filter[]} */
  #chosen = []; // those with chips
  #input; #add; #chips;

  /** @param {HTMLElement} root @param {() => Rec[]} records */
  constructor(root, records) {
    super();
    this.#input = /** @type {HTMLInputElement} */ (one(root, '[data-log-search]'));
    this.#add = /** @type {HTMLSelectElement} */ (one(root, '[data-log-add]'));
    this.#chips = one(root, '[data-log-filters]');
    this.#input.addEventListener('input', () => this.#tell());
    onKey(this.#input, ({ key }) => {
      if (key === 'Enter') this.#keepTyped();
      if (key === 'Escape' && this.#input.value) this.clear();
    });
    for (const type of ['pointerdown', 'focus']) this.#add.addEventListener(type, () => this.#offer(records()));
    this.#add.addEventListener('change', () => {
      const [field, value] = this.#add.value.split('=');
      this.#add.value = '';
      this.#toggleValue(field, value);
    });
  }

  /** @returns {Filter[]} */
  get all() { return [...this.#chosen, ...parse(this.#input.value)]; }

  /** Search for exactly this. @param {Filter[]} filters */
  set(filters) {
    this.#chosen = [...filters];
    this.#input.value = '';
    this.#show();
  }

  clear() { this.set([]); }

  /** The typed text becomes chips. */
  #keepTyped() {
    this.#chosen.push(...parse(this.#input.value));
    this.#input.value = '';
    this.#show();
  }

  /** Values of one field are alternatives. @param {string} field @param {string} value */
  #toggleValue(field, value) {
    const same = this.#chosen.find((f) => f.field === field && !f.label);
    if (!same) this.#chosen.push({ field, values: [value] });
    else if (!same.values.includes(value)) same.values = [...same.values, value];
    this.#show();
  }

  /** @param {Rec[]} records */
  #offer(records) {
    const found = occurring(records, Object.keys(OFFERED));
    this.#add.replaceChildren(element('option', { value: '' }, 'Filter by …'),
      ...Object.entries(OFFERED).filter(([field]) => found[field].length).map(([field, title]) => element('optgroup', { label: title },
        ...found[field].map((value) => element('option', { value: `${field}=${value}` }, value.replaceAll('_', ' '))))));
  }

  #show() {
    this.#chips.hidden = !this.#chosen.length;
    this.#chips.replaceChildren(...this.#chosen.map((filter) => this.#chip(filter)));
    this.#tell();
  }

  /** @param {Filter} filter */
  #chip(filter) {
    const { field, values, label } = filter;
    const words = label ?? (field === 'text' ? `“${values[0]}”` : `${field}: ${values.join(' or ')}`);
    const button = element('button', { type: 'button', class: 'chip', 'aria-label': `Remove the filter ${words}` }, words, element('span', { 'aria-hidden': 'true' }, '×'));
    button.addEventListener('click', () => {
      this.#chosen = this.#chosen.filter((other) => other !== filter);
      this.#show();
      this.#input.focus();
    });
    return element('li', {}, button);
  }

  #tell() { this.dispatchEvent(new Event('change')); }
}
