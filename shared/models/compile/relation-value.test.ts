import { expect, test } from 'vitest';
import { createEnvironment } from '#shared/template/create-environment.ts';
import { relationValue } from './relation-value.ts';

const relation = relationValue(
  { schema: 'shop', name: 'orders' },
  { database: 'db', type: 'postgres' },
  'table',
);

test.each([
  ['{{ r }}', '"db"."shop"."orders"'],
  ['{{ r.include(database=false) }}', '"shop"."orders"'],
  ['{{ r.include(schema=false) }}', '"db"."orders"'],
  ['{{ r.without_identifier() }}', '"db"."shop"'],
  ['{{ r.quote(identifier=false) }}', '"db"."shop".orders'],
  ['{{ r.quote(false, false).quote(identifier=false) }}', 'db.shop.orders'],
  ['{{ r.incorporate(path={"database": none}) }}', '"shop"."orders"'],
  ['{{ r is mapping }} {{ r.get("metadata", {}).get("type", "").endswith("Relation") }}', 'True True'],
  ['{{ r.get("schema") }} {{ r["identifier"] }} {{ r.get("nothing", "else") }}', 'shop orders else'],
  ['{{ r.matches(schema="shop", identifier="orders") }} {{ r.matches(identifier="order") }}', 'True False'],
  ['{{ r.incorporate(path={"identifier": "x"}, type="view").is_view }}', 'True'],
  ['{{ r.replace_path(schema=none) }}', '"db"."orders"'],
  [
    '{{ [r] }} {{ r.path }}',
    '[<PostgresRelation "db"."shop"."orders">] Path(database=\'db\', schema=\'shop\', identifier=\'orders\')',
  ],
  ['{{ r == r.incorporate(type="view") }} {{ r == r.incorporate(type="table") }}', 'False True'],
  [
    '{{ r.without_identifier().identifier }} {{ r.information_schema("columns") }}',
    'None "db".INFORMATION_SCHEMA.columns',
  ],
  ['{{ r.replace_path(database=none).database }} {{ r.include_policy.schema }}', 'None True'],
])('%s', (template, expected) => {
  expect(createEnvironment().parse(template, 't').render({ r: relation })).toBe(expected);
});
