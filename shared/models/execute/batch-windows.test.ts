import { expect, test } from 'vitest';
import { readModelConfig } from '../project/model-config.ts';
import type { ModelNode } from '../project/project.ts';
import { type BatchQuestion, batchWindows } from './batch-windows.ts';

function modelWith(config: Record<string, unknown>): ModelNode {
  const raw = { materialized: 'incremental', event_time: 'at', unique_key: 'id', ...config };
  const check = { complain: () => {}, hasMaterialization: () => false, hasStrategy: () => true };
  return { name: 'm', config: readModelConfig(raw, check) } as unknown as ModelNode;
}

const windows = (config: Record<string, unknown>, asked: Partial<BatchQuestion>) =>
  batchWindows(modelWith(config), { incremental: true, now: '2024-03-10T10:30:00Z', ...asked }).map(
    ({ start, end }) => `${start.toISOString().slice(0, 13)}–${end.toISOString().slice(0, 13)}`,
  );

test.each([
  [
    'first time: from begin',
    { begin: '2024-03-08', batch_size: 'day' },
    { incremental: false },
    ['08', '09', '10'],
  ],
  ['later: the present batch and one before', { begin: '2024-01-01', batch_size: 'day' }, {}, ['09', '10']],
  [
    'a longer look-back',
    { begin: '2024-01-01', batch_size: 'day', lookback: 3 },
    {},
    ['07', '08', '09', '10'],
  ],
  ['none', { begin: '2024-01-01', batch_size: 'day', lookback: 0 }, {}, ['10']],
  [
    'a day that has just ended',
    { begin: '2024-01-01', batch_size: 'day' },
    { now: '2024-03-10T00:00:00Z' },
    ['08', '09'],
  ],
])('%s', (_, config, asked, days) => {
  expect(windows(config, asked).map((text) => text.slice(8, 10))).toEqual(days);
});

test('months and years differ in length, and a window asked for is widened to whole batches', () => {
  expect(windows({ begin: '2023-12-15', batch_size: 'month' }, { incremental: false })).toEqual([
    '2023-12-01T00–2024-01-01T00',
    '2024-01-01T00–2024-02-01T00',
    '2024-02-01T00–2024-03-01T00',
    '2024-03-01T00–2024-04-01T00',
  ]);
  const asked = { eventTimeStart: '2021-06-01', eventTimeEnd: '2022-01-01 00:00:01' };
  expect(windows({ begin: '2020-01-01', batch_size: 'year' }, asked)).toEqual([
    '2021-01-01T00–2022-01-01T00',
    '2022-01-01T00–2023-01-01T00',
  ]);
  expect(windows({ begin: '2024-01-01', batch_size: 'hour', lookback: 1 }, {})).toEqual([
    '2024-03-10T09–2024-03-10T10',
    '2024-03-10T10–2024-03-10T11',
  ]);
});

test.each([
  [{ begin: '2024-01-01', batch_size: 'week' }, /batch_size/],
  [{ begin: 'soon', batch_size: 'day' }, /begin/],
  [{ begin: '2024-01-01', batch_size: 'day', event_time: undefined }, /event_time/],
])('%o is refused', (config, why) => {
  expect(() => windows(config, { incremental: false })).toThrow(why);
});
