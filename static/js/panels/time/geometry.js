// Where a lane, a row and a moment are on the paper. Pure: sizes in pixels.

const NARROW = 560;
const AXIS = 24;
const FOOT = 20; // for the words at the yellow line
const BAR = { service: 18, broker: 12, queue: 12 };
const PAD = { service: 7, broker: 6, queue: 4 };

/** @returns the places of things for these lanes, this window of time and this width */
export function geometry(lanes, seen, width) {
  const left = width < NARROW ? 108 : 124;
  const room = Math.max(40, width - left - 8);
  const places = new Map();
  let y = AXIS;
  for (const lane of lanes) {
    const height = lane.rows * BAR[lane.kind] + (lane.rows - 1) * 2 + 2 * PAD[lane.kind];
    places.set(lane.id, { y, height, bar: BAR[lane.kind], pad: PAD[lane.kind] });
    y += height;
  }
  const scale = room / (seen.to - seen.from);
  return {
    left, room, width, height: y + FOOT, top: AXIS, places,
    x: (at) => left + (at - seen.from) * scale,
    at: (x) => seen.from + (x - left) / scale,
    rowY: (lane, row) => places.get(lane).y + places.get(lane).pad + Math.min(row, 7) * (places.get(lane).bar + 2),
    middle: (lane, row) => {
      const place = places.get(lane);
      return place.y + place.pad + row * (place.bar + 2) + place.bar / 2;
    },
  };
}
