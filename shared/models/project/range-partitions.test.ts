import { expect, test } from 'vitest';
import { checkPartitioned, readRangePartitions } from './range-partitions.ts';

function read(raw: unknown): { problems: string[]; partitions: ReturnType<typeof readRangePartitions> } {
  const problems: string[] = [];
  return { partitions: readRangePartitions(raw, (cause) => problems.push(cause)), problems };
}

test('months, no retention and no strays unless something else is said', () => {
  expect(read({ type: 'range', field: 'ordered_on' })).toEqual({
    problems: [],
    partitions: {
      ...{ field: 'ordered_on', granularity: 'month', retention: undefined, strays: 'refuse' },
      ...{ earliest: '1970-01-01', latest: '2100-01-01' },
    },
  });
  expect(read({ type: 'range', field: 'd', retention: '24 months' }).partitions?.retention).toEqual({
    count: 24,
    unit: 'month',
  });
});

test('what is written for another warehouse asks for nothing', () => {
  expect(read({ field: 'd', data_type: 'date', granularity: 'month' })).toEqual({
    problems: [],
    partitions: undefined,
  });
  expect(read(['d']).partitions).toBeUndefined();
  expect(read(undefined).partitions).toBeUndefined();
});

test.each([
  [{ field: 'a b' }, 'partition_by: field must name a column'],
  [{ granularity: 'week' }, 'partition_by: granularity must be day, month or year'],
  [
    { retention: 'for ever' },
    'partition_by: retention must be a number of days, months or years, e.g. "24 months"',
  ],
  [{ strays: 'drop' }, 'partition_by: strays must be refuse or keep'],
  [{ earliest: '2024-02-30' }, 'partition_by: earliest must be a date, e.g. "1970-01-01"'],
  [{ earliest: '2200-01-01' }, 'partition_by: earliest must be before latest'],
  [{ fields: 'd' }, 'partition_by: unknown key "fields"'],
])('%o is a problem', (over, problem) => {
  expect(read({ type: 'range', field: 'd', ...over }).problems).toEqual([problem]);
});

test('a unique index holds the partition field; an incremental model keeps no strays', () => {
  const problems: string[] = [];
  const { partitions } = read({ type: 'range', field: 'd', strays: 'keep' });
  if (partitions === undefined) throw new Error('no partitions');
  const model = { materialized: 'incremental', uniques: [['id'], ['id', 'd']] };
  checkPartitioned(partitions, model, (cause) => problems.push(cause));
  expect(problems).toHaveLength(2);
  expect(problems[0]).toContain("a unique index over id must contain the partition's field d");
});
