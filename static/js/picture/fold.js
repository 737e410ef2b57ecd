// The picture of a lesson: the services that it needs, and the others folded into one box. Pure.

export const OTHERS = 'others';

/**
 * @typedef {import('../state/types.js').TopologyFrame} Frame @typedef {import('../state/types.js').TopologyEdge} Edge
 * @typedef {{frame: Frame, aliases: Map<string, string>, hidden: Set<string>}} Folded  `aliases`: the arrow that stands for a
 *   folded one, by its id; `hidden`: arrows within the box
 */

/** @param {Frame} frame @param {string[]|null} keep  names of services; null: all @returns {Folded} */
export function fold(frame, keep) {
  const inside = new Set(keep ? frame.nodes.filter(({ kind, service }) => !['actor', 'broker'].includes(kind) && !keep.includes(service)).map(({ id }) => id) : []);
  if (inside.size < 2) return { frame, aliases: new Map(), hidden: new Set() };
  const count = frame.nodes.filter(({ id, kind }) => inside.has(id) && kind !== 'queue').length;
  const title = `${count} more service${count === 1 ? '' : 's'}`;
  const place = (/** @type {string} */ id) => (inside.has(id) ? OTHERS : id);
  /** @type {Map<string, Edge>} */
  const edges = new Map();
  /** @type {Map<string, string>} */
  const aliases = new Map();
  /** @type {Set<string>} */
  const hidden = new Set();
  for (const edge of frame.edges) {
    const [from, to] = [place(edge.from), place(edge.to)];
    if (from === OTHERS && (to === OTHERS || to === 'broker')) {
      hidden.add(edge.id); // one line between the broker and the box is enough
      continue;
    }
    const id = `${from}__${to}`;
    const isSame = id === edge.id;
    edges.set(id, isSame ? edge : { ...(edges.get(id) ?? edge), id, from, to, flippable: [] });
    if (!isSame) aliases.set(edge.id, id);
  }
  const added = [...edges.values()].filter(({ id }) => id.includes(OTHERS))
    .map(({ id, from, to, style }) => `  ${from} ${id}@${style === 'call' ? '-->' : '-.->'} ${to}`);
  const folded = (/** @type {string} */ source) => [
    ...source.trimEnd().split('\n').filter((line) => nodesIn(line).every((id) => !inside.has(id))), `  ${OTHERS}["${title}"]`, ...added, '',
  ].join('\n');
  return {
    frame: {
      ...frame, source: folded(frame.source), source_tb: folded(frame.source_tb), edges: [...edges.values()],
      nodes: [...frame.nodes.filter(({ id }) => !inside.has(id)), { id: OTHERS, title, kind: 'service', service: '' }],
    },
    aliases, hidden,
  };
}

/** The nodes that a line of Mermaid's flowchart names. @param {string} line */
function nodesIn(line) {
  const [, from, , to] = /^ {2}(\w+)(?: (?:\w+@)?(\S+) (\w+)$)?/.exec(line) ?? [];
  return [from, to].filter(Boolean);
}
