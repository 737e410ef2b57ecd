// The connections of a design.

/** @typedef {import('./types.js').Connection} Connection */

/** @param {import('./types.js').State} state @param {string} id */
export const connectionOf = (state, id) => state.connections.find((connection) => connection.id === id);

/** The style that a flip would give it. @param {{style: string}} connection @returns {'call'|'text'} */
export const other = (connection) => (connection.style === 'call' ? 'text' : 'call');

/**
 * Does this record change which arrows there are? @param {import('./types.js').Rec} record
 * @param {Pick<import('./types.js').State, 'connections'|'design'>} state  before it
 */
export function redraws({ name, data = {} }, { connections, design }) {
  if (name !== 'DesignChanged') return false;
  const { styles = {}, subscribers = {} } = /** @type {Object<string, any>} */ (data);
  return connections.some(({ id, style }) => styles[id] && styles[id] !== style)
    || Object.entries(subscribers).some(([service, is]) => (/** @type {any} */ (design)?.subscribers ?? {})[service] !== is);
}
