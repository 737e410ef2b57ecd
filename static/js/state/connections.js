// The connections of a design.

/** @typedef {import('./types.js').Connection} Connection */

/** @param {import('./types.js').State} state @param {string} id */
export const connectionOf = (state, id) => state.connections.find((connection) => connection.id === id);

/** The style that a flip would give it. @param {{style: string}} connection @returns {'call'|'text'} */
export const other = (connection) => (connection.style === 'call' ? 'text' : 'call');
