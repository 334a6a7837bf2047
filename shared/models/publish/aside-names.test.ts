import { describe, expect, test } from 'vitest';
import { asideNames, asideRunId, isAsideOf } from './aside-names.ts';
import { candidateOf, isLeftoverOf, retiredOf } from './candidate-names.ts';

const RUN = asideRunId('0123abcd-4567-89ef-0123-456789abcdef');
const TAG = { runId: '01J8ZV3K9QW2N4R5T6Y7U8I9O0', attempt: 12 };
const LONG = 'é'.repeat(31);

test('names carry the run, and leave room for what a materialisation appends', () => {
  expect(RUN).toBe('inv0123abcd4567');
  const { candidate, retired } = asideNames({ schema: 's', name: 'orders' }, RUN);
  expect([candidate, retired]).toEqual([
    { schema: 's', name: 'inv0123abcd4567_c_orders' },
    { schema: 's', name: 'inv0123abcd4567_o_orders' },
  ]);
  const long = asideNames({ schema: 's', name: LONG }, RUN).candidate.name;
  expect(Buffer.byteLength(`${long}__dbt_backup`)).toBeLessThanOrEqual(63);
});

describe.each(['orders', LONG, 'x'.repeat(63), 'a__c_b', 'inv0123abcd4567_c_x'])(
  'leftovers of %s',
  (name) => {
    const relation = { schema: 's', name };
    const aside = asideNames(relation, RUN);
    const names = [
      ...[aside.candidate, aside.retired, candidateOf(relation, TAG), retiredOf(relation, TAG)],
      candidateOf(relation, { runId: 'r', attempt: 1 }),
    ].map((one) => one.name);

    test('are found by its name', () => {
      for (const one of names) expect([one, isLeftoverOf(one, name)]).toEqual([one, true]);
    });
    test('are not those of another, and it is not its own', () => {
      for (const one of names) expect(isLeftoverOf(one, `${name.slice(0, -1)}q`)).toBe(false);
      expect(isLeftoverOf(name, name)).toBe(false);
      expect(isAsideOf('inv0123abcd4567_x_orders', 'orders')).toBe(false);
    });
  },
);
