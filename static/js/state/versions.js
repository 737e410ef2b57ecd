// What was valid when: a value that changes now and then, by position in the history. Pure.

export class Versions {
  #known = []; // {from, value}, in order
  #told = null;

  /** @param {number} from  the first position at which it is valid */
  add(from, value) {
    this.#known = [...this.#known.filter((one) => one.from < from), { from, value }].slice(-100);
  }

  /** What was valid at this position; before the first that we know of, the first. */
  at(position) {
    return this.#find(position)?.value ?? null;
  }

  /** Is it another one than at the position that was last asked about? */
  isNew(position) {
    const found = this.#find(position);
    if (found === this.#told) return false;
    this.#told = found;
    return true;
  }

  #find(position) {
    return this.#known.findLast((one) => one.from <= position) ?? this.#known[0];
  }
}
