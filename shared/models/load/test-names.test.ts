import { expect, test } from 'vitest';
import { namesOfTest } from './test-names.ts';

const M1 = { kind: 'ref', name: 'm1' } as const;
const LONG = 'a very long value to make the name of this test longer than sixty three';

/** Ids that the original (1.10.23) gave to the same declarations. */
test.each([
  [{ test: 'unique', column: '"id"' }, M1, 'unique_m1__id_.a2994e0a90'],
  [{ test: 'unique', column: 'id', name: 'given_name' }, M1, 'given_name.e829078e23'],
  [
    { test: 'dbt_utils_like', args: { values: [1, 'two', { a: 'b' }], other: "{{ var('x') }}" } },
    M1,
    'dbt_utils_like_m1__var_x___1__two___a_b_.945b679789',
  ],
  [
    { test: 'dbt_utils_like', args: { values: [true, null, 1.5], other: "ref('m1')" } },
    { kind: 'ref', name: 'm3' },
    'dbt_utils_like_m3_ref_m1___True__None__1_5.4c0bc240c3',
  ],
  [
    {
      test: 'accepted_values',
      column: '"id"',
      args: { values: ['a', 'b', 'c d', "it's", LONG], quote: false },
    },
    M1,
    'accepted_values_m1__id___False__a__b__c_d__it_s__a_very_long_value_to_make_the_name_of_this_test_longer_than_sixty_three.39248e150b',
  ],
  [
    { test: 'relationships', column: 'id', args: { to: "ref('m1')", field: 'id' } },
    { kind: 'source', name: 'src.t' },
    'source_relationships_src_t_id__id__ref_m1_.a955d8dc2c',
  ],
] as const)('%o is named as in the original', (declared, subject, id) => {
  const whole = { name: undefined, column: undefined, args: {}, ...declared };
  expect(namesOfTest(whole, { version: undefined, ...subject }, 'names').uniqueId).toBe(`test.names.${id}`);
});

test('a relation for failures has a name that PostgreSQL keeps whole', () => {
  const declared = { test: 'kit.is_in', name: undefined, column: 'id', args: { values: [LONG] } };
  const { name, alias } = namesOfTest(declared, { ...M1, version: '2' }, 'names');
  expect(name).toBe(
    'kit_is_in_m1_v2_id__a_very_long_value_to_make_the_name_of_this_test_longer_than_sixty_three',
  );
  expect(alias).toMatch(/^kit_is_in_m1_v2_[0-9a-f]{32}$/);
});
