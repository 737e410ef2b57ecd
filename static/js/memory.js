// What the browser keeps for a page. Where it keeps nothing (private mode, storage that is blocked or full), the page
// itself remembers, until it is left.

class Memory {
  #storage;
  /** @type {Map<string, string>} */
  #here = new Map(); // what the browser did not take

  /** @param {() => Storage} storage  already asking for it may throw */
  constructor(storage) {
    this.#storage = storage;
  }

  /** @param {string} key @returns {string|null} */
  get(key) {
    try { return this.#here.get(key) ?? this.#storage().getItem(key); } catch { return null; }
  }

  /** The value kept as JSON; null if there is none that can be read. @param {string} key @returns {any} */
  json(key) {
    try { return JSON.parse(this.get(key) ?? 'null'); } catch { return null; }
  }

  /** @param {string} key @param {string} value */
  set(key, value) {
    this.#here.delete(key);
    try { this.#storage().setItem(key, value); } catch { this.#here.set(key, value); }
  }

  /** @param {string} key */
  forget(key) {
    this.#here.delete(key);
    try { this.#storage().removeItem(key); } catch { /* then nothing is kept there */ }
  }
}

export const browserMemory = new Memory(() => localStorage);
export const tabMemory = new Memory(() => sessionStorage);
