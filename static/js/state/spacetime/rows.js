// Bars of one lane that overlap stand in rows: two replicas at work, two copies in a queue.

const MOST_ROWS = 8; // beyond, the rest share the last one

/** Gives each bar its row, and each lane its number of rows. */
export function stacked(bars, lanes) {
  const of = new Map(lanes.map((lane) => [lane.id, lane]));
  const ends = new Map(lanes.map((lane) => [lane.id, []]));
  const working = new Map(); // span -> its bar
  const place = (bar) => {
    const rows = ends.get(bar.lane);
    let row = rows.findIndex((end) => end <= bar.from + 1e-6);
    if (row < 0) row = Math.min(rows.length, MOST_ROWS - 1);
    rows[row] = Math.max(rows[row] ?? 0, bar.to);
    bar.row = row;
    of.get(bar.lane).rows = rows.length;
  };
  const free = bars.filter((bar) => bar.kind !== 'wait').sort((a, b) => a.from - b.from);
  for (const bar of free) {
    place(bar);
    if (bar.span) working.set(bar.span, bar);
  }
  // Who waits does so within its own work; only the customer has none.
  for (const bar of bars.filter((one) => one.kind === 'wait').sort((a, b) => a.from - b.from)) {
    const own = working.get(bar.within);
    if (!own) place(bar);
    else {
      bar.row = own.row;
      own.alone = Math.min(own.alone ?? Infinity, bar.from); // until then its inside is free
    }
  }
}

/** Gives each point of an arrow the row of the bar that it leaves or reaches. */
export function attached(ways, bars) {
  const of = new Map();
  for (const bar of bars) of.set(bar.lane, [...(of.get(bar.lane) ?? []), bar]);
  for (const { points } of ways) {
    for (const point of points) {
      const near = (of.get(point.lane) ?? []).filter((bar) => bar.from <= point.at + 1e-6 && bar.to >= point.at - 1e-6);
      const own = near.find((bar) => bar.span && (bar.span === point.record.span || bar.span === point.record.parent));
      point.row = (own ?? near[0])?.row ?? 0;
    }
  }
}
