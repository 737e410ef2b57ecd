// When something ended: at its record, not yet, or nobody knows.

// Longer than any call may take; a message that is worked on longer was taken from a dead hand.
const FORGOTTEN_S = 65;

/** @returns {{to: number, isOpen: boolean, isBroken: boolean}} */
export function ending(from, at, now, last) {
  if (at !== undefined && at !== null) return { to: at, isOpen: false, isBroken: false };
  if (now - from > FORGOTTEN_S) return { to: Math.max(from, last), isOpen: false, isBroken: true };
  return { to: Math.max(from, now), isOpen: true, isBroken: false };
}
