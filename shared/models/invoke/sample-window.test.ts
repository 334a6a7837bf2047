import { expect, it } from 'vitest';
import { sampleWindow } from './sample-window.ts';

const now = '2024-03-31T12:00:00.000Z';

it.each([
  ['3 days', '2024-03-28T12:00:00.000Z', now],
  ['1 hour', '2024-03-31T11:00:00.000Z', now],
  ['1 month', '2024-02-29T12:00:00.000Z', now],
  ['1 year', '2023-03-31T12:00:00.000Z', now],
  ['{start: 2024-01-01, end: 2024-02-01}', '2024-01-01T00:00:00.000Z', '2024-02-01T00:00:00.000Z'],
  [
    "{'start': '2024-01-01 10:00', 'end': '2024-01-01T11:00Z'}",
    '2024-01-01T10:00:00.000Z',
    '2024-01-01T11:00:00.000Z',
  ],
])('reads %s', (text, start, end) => {
  expect(sampleWindow(text, now)).toEqual({ start, end });
});

it.each(['3', 'days', '{start: 2024-01-01}', "{start: 2024-01-01'; drop table x, end: 2024-01-02}"])(
  'refuses %s',
  (text) => {
    expect(() => sampleWindow(text, now)).toThrow(/TRANSFORM|sample/);
  },
);
