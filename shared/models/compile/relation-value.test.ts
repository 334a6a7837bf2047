import { expect, test } from 'vitest';
import { createEnvironment } from '#shared/template/create-environment.ts';
import { relationValue } from './relation-value.ts';

const relation = relationValue({ schema: 'shop', name: 'orders' }, { database: 'db' }, 'table');

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
  ['{{ r.matches(schema="shop", identifier="orders") }} {{ r.matches(identifier="Orders") }}', 'True False'],
  ['{{ r.incorporate(path={"identifier": "x"}, type="view").is_view }}', 'True'],
  ['{{ r.replace_path(schema=none) }}', '"db"."orders"'],
])('%s', (template, expected) => {
  expect(createEnvironment().parse(template, 't').render({ r: relation })).toBe(expected);
});
