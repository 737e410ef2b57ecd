// Who gets a lane, and in which order: as they come into the story, each queue above its reader.

export const queueLane = (service) => `queue ${service}`;

/** @returns {import('./layout.js').Lane[]} */
export function lanesOf(bars, ways, marks) {
  const seen = new Map(); // lane -> first moment
  const see = (lane, at) => { if (!(seen.get(lane) <= at)) seen.set(lane, at); };
  for (const bar of bars) see(bar.lane, bar.from);
  for (const way of ways) for (const { lane, at } of way.points) see(lane, at);
  for (const mark of marks) see(mark.lane, mark.at);
  const order = [...seen.keys()].sort((a, b) => seen.get(a) - seen.get(b));
  const services = order.filter((id) => !id.startsWith('queue '));
  for (const id of order) if (id.startsWith('queue ') && !services.includes(serviceOf(id))) services.push(serviceOf(id));
  return services.flatMap((id) => (seen.has(queueLane(id)) ? [lane(queueLane(id)), lane(id)] : [lane(id)]));
}

const serviceOf = (id) => id.replace('queue ', '');
const kindOf = (id) => (id === 'broker' ? 'broker' : id.startsWith('queue ') ? 'queue' : 'service');
const lane = (id) => ({ id, service: serviceOf(id), kind: kindOf(id), rows: 1 });

/**
 * The lanes as somebody has arranged them. New ones come after those they follow by nature.
 * @param {import('./layout.js').Lane[]} lanes @param {{order: string[], hidden: string[]}} wish
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

/** The order after a lane has moved by so many places among the shown. @returns {string[]} */
export function moved(all, id, by) {
  const ids = all.map((one) => one.id);
  const from = ids.indexOf(id);
  const to = Math.max(0, Math.min(ids.length - 1, from + by));
  ids.splice(to, 0, ...ids.splice(from, 1));
  return ids;
}
