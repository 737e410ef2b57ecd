// Searching the log. The server speaks the same language (playground/flow/search.py), so that
// an export holds what is seen; both are held to tests/js/search_cases.json.

/**
 * @typedef {{field: string, values: string[], label?: string}} Filter  any of the values
 * @typedef {import('./records.js').Rec} Rec
 */

export const FIELDS = ['message', 'entity', 'service', 'kind', 'status', 'fault', 'name', 'run', 'trace'];
const TOKEN = /(?:([a-z]+):)?("(?:[^"\\]|\\.)*"|\S+)/g;
const ENTITY_IN_NAME = /^[A-Z]+ \/api\/(order|user)s\/([^/ ]+)/;

/** The filters of a query. What is not the name of a field is a word to be looked for. @returns {Filter[]} */
export function parse(query) {
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
 * Tells which records a reader means. `records` are all there are: an entity's story is every
 * trace in which the entity is named.
 * @param {Filter[]} filters @param {Rec[]} records @returns {(record: Rec) => boolean}
 */
export function matcher(filters, records) {
  const stories = new Map(filters.filter((f) => f.field === 'entity').flatMap((f) => f.values).map((entity) => [entity, new Set()]));
  if (stories.size) {
    for (const record of records) for (const entity of entitiesOf(record)) stories.get(entity)?.add(record.trace);
  }
  const tests = filters.map(({ field, values }) => {
    if (field === 'text') {
      const word = values[0].toLowerCase();
      return (record) => haystack(record).includes(word);
    }
    if (field === 'entity') return (record) => values.some((value) => stories.get(value).has(record.trace));
    const wanted = new Set(values);
    return (record) => valuesOf(record, field).some((value) => wanted.has(value));
  });
  return (record) => tests.every((test) => test(record));
}

/** What a record is found by under this field. */
export function valuesOf(record, field) {
  if (field === 'service') return [record.source, record.target].filter(Boolean);
  if (field === 'fault') return record.fault ? [record.fault.kind] : [];
  return record[field] ? [String(record[field])] : [];
}

/** Which orders and users it names: "order/7Q2K", "user/4". */
function entitiesOf({ data, name }) {
  const found = new Set();
  if (data?.subject) found.add(data.subject);
  if (data?.order) found.add(`order/${data.order}`);
  if (data?.event?.subject) found.add(data.event.subject);
  const named = ENTITY_IN_NAME.exec(name);
  if (named) found.add(`${named[1]}/${named[2]}`);
  return found;
}

const haystacks = new WeakMap();

/** The record's JSON in small letters, made once. */
function haystack(record) {
  let text = haystacks.get(record);
  if (text === undefined) haystacks.set(record, text = JSON.stringify(record).toLowerCase());
  return text;
}

/** What occurs in these records, by field, sorted. @returns {Object<string, string[]>} */
export function occurring(records, fields) {
  const found = Object.fromEntries(fields.map((field) => [field, new Set()]));
  for (const record of records) for (const field of fields) for (const value of valuesOf(record, field)) found[field].add(value);
  return Object.fromEntries(fields.map((field) => [field, [...found[field]].sort()]));
}
