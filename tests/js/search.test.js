// The page finds in the log what the server would export.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

import { matcher, occurring, parse, toQuery } from '../../static/js/state/search.js';

const { records, cases } = JSON.parse(readFileSync(new URL('./search_cases.json', import.meta.url)));
const found = (filters) => records.filter(matcher(filters, records)).map((record) => record.id);

for (const [query, expected] of cases) {
  test(`finds the records of: ${query || 'nothing in particular'}`, () => {
    assert.deepEqual(found(parse(query)), expected);
  });
  test(`says again what it was asked: ${query || 'nothing in particular'}`, () => {
    assert.deepEqual(found(parse(toQuery(parse(query)))), expected);
  });
}

test('a query that is not finished is no error', () => {
  for (const query of ['', ' ', 'kind:', 'name:""', 'kind:,', '"']) found(parse(query));
});

test('what can be filtered by is what occurs', () => {
  const all = occurring(records, ['kind', 'fault']);
  assert.deepEqual(all.fault, ['errors']);
  assert.deepEqual(all.kind, ['effect', 'process', 'publish', 'request', 'retry', 'state']);
});
