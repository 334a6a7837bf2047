import { beforeAll, describe, expect, it } from 'vitest';
import { array, boolean, int32, json, object, shapedJson, text } from '#shared/pipeline/field.ts';
import { contractRelation } from './contract-relation.ts';
import { readQuery } from './read-query.ts';
import { openSqlParser, type ParseSql } from './sql-tree.ts';

const STATES = contractRelation('states', {
  version: 1,
  key: ['id'],
  fields: {
    id: text(),
    state: shapedJson({
      online: boolean(),
      firmware: object({ embedded: text(), 'odd, "key"': text() }),
      readings: array({ kind: 'int32' }, { nullable: true }),
      free: json({ nullable: true }),
    }),
    loose: json(),
    count: int32(),
  },
});

let parse: ParseSql;
beforeAll(async () => {
  parse = await openSqlParser();
});

/** Paths of keys that are not in the contract. */
function outside(expression: string, from = 'states as s'): string[] {
  const parsed = parse(`select ${expression} from ${from}`);
  if ('error' in parsed) throw new Error(parsed.error);
  const { unknown } = readQuery(parsed.statements, 'query', (_, name) =>
    name === 'states' ? STATES : undefined,
  );
  return unknown.map(
    ({ cause }) => /^reads (.*), which is not in the contract of stream states/.exec(cause)?.[1] ?? cause,
  );
}

describe('keys that a contract lets in', () => {
  it.each([
    "state ->> 'online'",
    "state -> 'firmware' ->> 'embedded'",
    "s.state #>> '{firmware,embedded}'",
    'state #>> \'{ firmware , "odd, \\"key\\"" }\'',
    "state #>> array['firmware', 'embedded']",
    "state #> '{}'",
    "(state ->> 'firmware')::jsonb ->> 'embedded'",
    "cast(s.state as jsonb) -> 'firmware' -> 'embedded'",
    "state['firmware']['embedded']",
    "state -> 'readings' -> 0, state #>> '{readings,-1}', state['readings'][0]",
    "state -> 'free' -> 'what' ->> 'ever', state #>> '{free,a,b}'",
    "loose ->> 'thing', loose #>> '{a,b}'",
    "state ? 'online', state ?| array['online', 'firmware'], state ?& '{online,firmware}'",
    "jsonb_extract_path_text(state, 'firmware', 'embedded')",
    "json_value(state, '$.firmware.embedded'), jsonb_path_query_first(state, 'lax $.readings[*]')",
    "jsonb_path_exists(state, '$.readings.size()'), json_exists(state, '$.\"online\"')",
    "coalesce(state, '{}') ->> 'online', lag(state) over (order by id) ->> 'online'",
    "(array_agg(state order by id))[1] ->> 'online'",
    "state ->> id, state #>> array[id], state -> ('on' || 'line')",
    "(state - 'online') ->> 'firmware', state || '{\"new\": 1}' ->> 'new'",
    "to_jsonb(s) ->> 'whatever', jsonb_build_object('a', state) ->> 'b'",
  ])('%s', (expression) => {
    expect(outside(expression)).toEqual([]);
  });
});

describe('keys that it does not', () => {
  it.each([
    ["state ->> 'owner'", 'state.owner'],
    ["state ->> 'Online'", 'state.Online'],
    ["state -> 'firmware' ->> 'owner'", 'state.firmware.owner'],
    ["s.state #>> '{firmware,owner}'", 'state.firmware.owner'],
    ["s.state #>> '{owner,name}'", 'state.owner'],
    ['state #>> \'{ firmware , "odd" }\'', 'state.firmware.odd'],
    ["state #>> array['firmware', 'owner']::text[]", 'state.firmware.owner'],
    ["cast(state ->> 'owner' as text)", 'state.owner'],
    ["(state ->> 'firmware')::jsonb ->> 'owner'", 'state.firmware.owner'],
    ["state['firmware']['owner']", 'state.firmware.owner'],
    ["state -> 'online' ->> 'owner'", 'state.online.owner'],
    ["state -> 'readings' ->> 'owner'", 'state.readings.owner'],
    ["state ? 'owner'", 'state.owner'],
    ["state ?| array['online', 'owner']", 'state.owner'],
    ["jsonb_extract_path_text(state, 'firmware', 'owner')", 'state.firmware.owner'],
    ["json_value(state, '$.firmware.owner')", 'state.firmware.owner'],
    ["json_query(state, '$.firmware') ->> 'owner'", 'state.firmware.owner'],
    ['jsonb_path_query_first(state, \'strict $."owner".name\')', 'state.owner'],
    ["coalesce(state, '{}') ->> 'owner'", 'state.owner'],
    ["lag(state) over (order by id) ->> 'owner'", 'state.owner'],
    ["(array_agg(state order by id))[1] ->> 'owner'", 'state.owner'],
    ["(state - 'online') ->> 'owner'", 'state.owner'],
    ["case when state ->> 'owner' = 'x' then 1 end", 'state.owner'],
    ["(select q.inside ->> 'owner' from (select s.state as inside) as q)", 'state.owner'],
  ])('%s', (expression, path) => {
    expect(outside(expression)).toEqual([path]);
  });
});

describe('keys along the way', () => {
  it.each([
    ["q.f ->> 'owner'", "(select state -> 'firmware' as f from states) as q", ['state.firmware.owner']],
    [
      "r.firmware ->> 'owner'",
      'states as s, jsonb_to_record(s.state) as r(firmware jsonb)',
      ['state.firmware.owner'],
    ],
    ['r.owner', 'states as s, jsonb_to_record(s.state) as r(owner text)', ['state.owner']],
    [
      "q.state ->> 'owner'",
      '(select state from states union all select state from states) as q',
      ['state.owner'],
    ],
    ["q.state ->> 'owner'", '(select state from states union all select loose from states) as q', []],
    ["q.v ->> 'owner'", '(select * from states) as q(k, v)', ['state.owner']],
  ])('%s from %s', (expression, from, paths) => {
    expect(outside(expression, from)).toEqual(paths);
  });
});

it('says which keys there are', () => {
  const parsed = parse("select state -> 'firmware' -> 'owner', state -> 'online' -> 'x', owner from states");
  const statements = 'error' in parsed ? [] : parsed.statements;
  const causes = readQuery(statements, 'query', () => STATES).unknown.map(({ cause }) => cause);
  expect(causes).toEqual([
    'reads state.firmware.owner, which is not in the contract of stream states: state.firmware has embedded, odd, "key"; declare it there, or leave it out',
    'reads state.online.x, which is not in the contract of stream states: state.online is a value without keys; declare it there, or leave it out',
    'reads owner, which is not in the contract of stream states: it has id, state, loose, count, _cursor, _version, _row_hash, _slice, _file_id; declare it there, or leave it out',
  ]);
});
