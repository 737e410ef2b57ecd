// Cursors: ids of records, "<milliseconds>-<number>".

/** Negative if a is older than b. @param {string} a @param {string} b */
export function compareCursors(a, b) {
  const [a1, a2 = 0] = a.split('-').map(Number);
  const [b1, b2 = 0] = b.split('-').map(Number);
  return a1 - b1 || a2 - b2;
}
