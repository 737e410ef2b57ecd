// Where a lane, a row and a moment are drawn. Pure; sizes in pixels.

const NARROW = 560;
const AXIS = 24;
const FOOT = 20; // for the words at the yellow line
/** @typedef {import('../../state/spacetime/layout.js').Lane} Lane @typedef {ReturnType<typeof geometry>} Geometry */

const BAR = { service: 18, broker: 12, queue: 12 };
const PAD = { service: 7, broker: 6, queue: 4 };

/** For these lanes, this window of time and this width. @param {Lane[]} lanes @param {import('../../state/timewindow.js').Window} seen @param {number} width */
export function geometry(lanes, seen, width) {
  const left = width < NARROW ? 108 : 124;
  const plot = Math.max(40, width - left - 8);
  /** @type {Map<string, {y: number, height: number, bar: number, pad: number}>} */
  const places = new Map();
  let y = AXIS;
  for (const lane of lanes) {
    const height = lane.rows * BAR[lane.kind] + (lane.rows - 1) * 2 + 2 * PAD[lane.kind];
    places.set(lane.id, { y, height, bar: BAR[lane.kind], pad: PAD[lane.kind] });
    y += height;
  }
  const scale = plot / (seen.to - seen.from);
  /** @param {string} lane */
  const of = (lane) => places.get(lane) ?? { y: 0, height: 0, bar: 0, pad: 0 };
  return {
    left, plot, width, height: y + FOOT, top: AXIS, places,
    of,
    x: (/** @type {number} */ at) => left + (at - seen.from) * scale,
    at: (/** @type {number} */ x) => seen.from + (x - left) / scale,
    rowY: (/** @type {string} */ lane, row = 0) => of(lane).y + of(lane).pad + Math.min(row, 7) * (of(lane).bar + 2),
    middle: (/** @type {string} */ lane, row = 0) => {
      const place = of(lane);
      return place.y + place.pad + row * (place.bar + 2) + place.bar / 2;
    },
  };
}
