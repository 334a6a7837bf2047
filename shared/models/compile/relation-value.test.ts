import { expect, test } from 'vitest';
import { createEnvironment } from '#shared/template/create-environment.ts';
import { relationValue } from './relation-value.ts';

const relation = relationValue({ schema: 'shop', name: 'orders' }, 'db', 'table');

test.each([
  ['{{ r }}', '"shop"."orders"'],
  ['{{ r.include(schema=false) }}', '"orders"'],
  ['{{ r.include(database=true) }}', '"db"."shop"."orders"'],
  ['{{ r.quote(identifier=false) }}', '"shop".orders'],
  ['{{ r.quote(false, false).quote(identifier=false).include(database=true) }}', 'db.shop.orders'],
  ['{{ r is mapping }} {{ r.get("metadata", {}).get("type", "").endswith("Relation") }}', 'True True'],
  ['{{ r.get("schema") }} {{ r["identifier"] }} {{ r.get("nothing", "else") }}', 'shop orders else'],
  ['{{ r.matches(schema="shop", identifier="orders") }} {{ r.matches(identifier="Orders") }}', 'True False'],
  ['{{ r.incorporate(path={"identifier": "x"}, type="view").is_view }}', 'True'],
  ['{{ r.replace_path(schema=none) }}', '"orders"'],
])('%s', (template, expected) => {
  expect(createEnvironment().parse(template, 't').render({ r: relation })).toBe(expected);
});
