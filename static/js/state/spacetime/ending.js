// When something ended: at its record, not yet, or at an unknown time.

// Longer than any call may take, and than any worker may hold a message.
const FORGOTTEN_S = 65;

/** @param {number} from @param {number|undefined} at @param {number} now @param {number} last @returns {{to: number, isOpen: boolean, isBroken: boolean}} */
export function ending(from, at, now, last) {
  if (at !== undefined) return { to: at, isOpen: false, isBroken: false };
  if (now - from > FORGOTTEN_S) return { to: Math.max(from, last), isOpen: false, isBroken: true };
  return { to: Math.max(from, now), isOpen: true, isBroken: false };
}
