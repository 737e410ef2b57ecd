// Bars of one lane that overlap are put in rows: two replicas at work, two copies in a queue.

/** @typedef {import('./layout.js').Bar} Bar @typedef {import('./layout.js').Lane} Lane */

const MOST_ROWS = 8; // further bars share the last one

/** Sets the row of each bar, and the number of rows of each lane. @param {Bar[]} bars @param {Lane[]} lanes */
export function stacked(bars, lanes) {
  const of = new Map(lanes.map((lane) => [lane.id, lane]));
  /** @type {Map<string, number[]>} */
  const ends = new Map(lanes.map((lane) => [lane.id, []]));
  /** @type {Map<string, Bar>} */
  const working = new Map(); // by span
  const place = (/** @type {Bar} */ bar) => {
    const rows = ends.get(bar.lane) ?? [];
    let row = rows.findIndex((end) => end <= bar.from + 1e-6);
    if (row < 0) row = Math.min(rows.length, MOST_ROWS - 1);
    rows[row] = Math.max(rows[row] ?? 0, bar.to);
    bar.row = row;
    const lane = of.get(bar.lane);
    if (lane) lane.rows = rows.length;
  };
  const free = bars.filter((bar) => bar.kind !== 'wait').sort((a, b) => a.from - b.from);
  for (const bar of free) {
    place(bar);
    if (bar.span) working.set(bar.span, bar);
  }
  // A service waits within its own work; only the customer has none.
  for (const bar of bars.filter((one) => one.kind === 'wait').sort((a, b) => a.from - b.from)) {
    const own = working.get(bar.within ?? '');
    if (!own) place(bar);
    else {
      bar.row = own.row;
      own.alone = Math.min(own.alone ?? Infinity, bar.from); // until then there is space for words
    }
  }
}

/** Sets the row of each point of an arrow: that of the bar which it leaves or reaches. @param {import('./layout.js').Arrow[]} arrows @param {Bar[]} bars */
export function attached(arrows, bars) {
  /** @type {Map<string, Bar[]>} */
  const of = new Map();
  for (const bar of bars) of.set(bar.lane, [...(of.get(bar.lane) ?? []), bar]);
  for (const { points } of arrows) {
    for (const point of points) {
      const near = (of.get(point.lane) ?? []).filter((bar) => bar.from <= point.at + 1e-6 && bar.to >= point.at - 1e-6);
      const own = near.find((bar) => bar.span && (bar.span === point.record.span || bar.span === point.record.parent));
      point.row = (own ?? near[0])?.row ?? 0;
    }
  }
}
