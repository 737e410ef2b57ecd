// Which services and queues have a lane, and in which order: as they first appear, each queue above its consumer.

/** @typedef {import('./layout.js').Lane} Lane */

/** @param {string} [service] */
export const queueLane = (service) => `queue ${service}`;

/** @param {import('./layout.js').Drawn} drawn @returns {Lane[]} */
export function lanesOf({ bars, arrows, marks }) {
  /** @type {Map<string, number>} */
  const seen = new Map(); // its first moment, by lane
  const firstAt = (/** @type {string} */ lane) => seen.get(lane) ?? Infinity;
  const see = (/** @type {string} */ lane, /** @type {number} */ at) => { seen.set(lane, Math.min(at, firstAt(lane))); };
  for (const bar of bars) see(bar.lane, bar.from);
  for (const arrow of arrows) for (const { lane, at } of arrow.points) see(lane, at);
  for (const mark of marks) see(mark.lane, mark.at);
  const order = [...seen.keys()].sort((a, b) => firstAt(a) - firstAt(b));
  const services = order.filter((id) => !id.startsWith('queue '));
  for (const id of order) if (id.startsWith('queue ') && !services.includes(serviceOf(id))) services.push(serviceOf(id));
  return services.flatMap((id) => (seen.has(queueLane(id)) ? [lane(queueLane(id)), lane(id)] : [lane(id)]));
}

/** @param {string} id */
const serviceOf = (id) => id.replace('queue ', '');
/** @param {string} id */
const kindOf = (id) => (id === 'broker' ? 'broker' : id.startsWith('queue ') ? 'queue' : 'service');
/** @param {string} id @returns {Lane} */
const lane = (id) => ({ id, service: serviceOf(id), kind: kindOf(id), rows: 1 });

/**
 * The lanes as the user has arranged them. A new one comes after the lane that it follows by default.
 * @template {{id: string}} L
 * @param {L[]} lanes @param {{order: string[], hidden: string[]}} arrangement
 */
export function arranged(lanes, { order, hidden }) {
  const known = lanes.filter(({ id }) => order.includes(id)).sort((a, b) => order.indexOf(a.id) - order.indexOf(b.id));
  const all = [...known];
  lanes.forEach((one, i) => {
    if (order.includes(one.id)) return;
    const before = lanes[i - 1];
    all.splice(before ? all.indexOf(before) + 1 : 0, 0, one);
  });
  return { all, shown: all.filter(({ id }) => !hidden.includes(id)) };
}

/** The order after a lane has moved by so many places. @param {{id: string}[]} all @param {string} id @param {number} by @returns {string[]} */
export function moved(all, id, by) {
  const ids = all.map((one) => one.id);
  const from = ids.indexOf(id);
  const to = Math.max(0, Math.min(ids.length - 1, from + by));
  ids.splice(to, 0, ...ids.splice(from, 1));
  return ids;
}
