// Searching the log. The server has the same query language (playground/flow/search.py), so that an export
// contains what is shown; tests/js/search_cases.json is tested on both.

/**
 * @typedef {{field: string, values: string[], label?: string}} Filter  any of the values
 * @typedef {import('./types.js').Rec} Rec
 */

export const FIELDS = ['message', 'entity', 'service', 'kind', 'status', 'fault', 'name', 'run', 'trace'];
const TOKEN = /(?:([a-z]+):)?("(?:[^"\\]|\\.)*"|\S+)/g;
const ENTITY_IN_NAME = /^[A-Z]+ \/api\/(order|user)s\/([^/ ]+)/;

/** The filters of a query. Anything but `field:value` is a word to search for. @param {string} query @returns {Filter[]} */
export function parse(query) {
  /** @type {Filter[]} */
  const filters = [];
  for (const [whole, named, given] of query.matchAll(TOKEN)) {
    const field = FIELDS.includes(named) ? named : 'text';
    const value = field === 'text' ? whole : given;
    const values = /^".*"$/s.test(value) && value.length > 1 ? [value.slice(1, -1).replace(/\\(.)/gs, '$1')]
      : field === 'text' ? [value] : value.split(',').filter(Boolean);
    if (values.length && values[0] !== '') filters.push({ field, values });
  }
  return filters;
}

/** The query that means these filters. @param {Filter[]} filters */
export const toQuery = (filters) => filters.map(({ field, values }) => {
  const isPlain = values.every((value) => /^[^\s",]+$/.test(value)) && field !== 'text';
  if (isPlain) return `${field}:${values.join(',')}`;
  const quoted = `"${values[0].replace(/[\\"]/g, '\\$&')}"`;
  return field === 'text' ? quoted : `${field}:${quoted}`;
}).join(' ');

/**
 * A test for the records that the filters mean. `records` are all of them: an entity's records are those of
 * every trace in which the entity is named.
 * @param {Filter[]} filters @param {Rec[]} records @returns {(record: Rec) => boolean}
 */
export function matcher(filters, records) {
  const entities = filters.filter(({ field }) => field === 'entity').flatMap(({ values }) => values);
  /** @type {Map<string, Set<string|undefined>>} */
  const traces = new Map(entities.map((entity) => [entity, new Set()]));
  if (traces.size) {
    for (const record of records) for (const entity of entitiesOf(record)) traces.get(entity)?.add(record.trace);
  }
  /** @type {((record: Rec) => boolean)[]} */
  const tests = filters.map(({ field, values }) => {
    if (field === 'text') {
      const word = values[0].toLowerCase();
      return (record) => haystack(record).includes(word);
    }
    if (field === 'entity') return (record) => values.some((value) => traces.get(value)?.has(record.trace));
    const wanted = new Set(values);
    return (record) => valuesOf(record, field).some((value) => wanted.has(value));
  });
  return (record) => tests.every((test) => test(record));
}

/** The values of a field in a record. @param {Rec} record @param {string} field @returns {string[]} */
export function valuesOf(record, field) {
  if (field === 'service') return [record.source ?? '', record.target ?? ''].filter(Boolean);
  if (field === 'fault') return record.fault ? [record.fault.kind] : [];
  const value = /** @type {Object<string, unknown>} */ (record)[field];
  return value ? [String(value)] : [];
}

/** Which orders and users it names: "order/7Q2K", "user/4". @param {Rec} record @returns {Set<string>} */
function entitiesOf({ data, name }) {
  const found = new Set();
  if (data?.subject) found.add(data.subject);
  if (data?.order) found.add(`order/${data.order}`);
  if (data?.event?.subject) found.add(data.event.subject);
  const named = ENTITY_IN_NAME.exec(name);
  if (named) found.add(`${named[1]}/${named[2]}`);
  return found;
}

/** @type {WeakMap<Rec, string>} */
const haystacks = new WeakMap();

/** The record's JSON in lower case, made once. @param {Rec} record */
function haystack(record) {
  const text = haystacks.get(record) ?? JSON.stringify(record).toLowerCase();
  haystacks.set(record, text);
  return text;
}

/** The values in these records, by field, sorted. @param {Rec[]} records @param {string[]} fields @returns {Object<string, string[]>} */
export function occurring(records, fields) {
  /** @type {Object<string, Set<string>>} */
  const found = Object.fromEntries(fields.map((field) => [field, new Set()]));
  for (const record of records) for (const field of fields) for (const value of valuesOf(record, field)) found[field].add(value);
  return Object.fromEntries(fields.map((field) => [field, [...found[field]].sort()]));
}
