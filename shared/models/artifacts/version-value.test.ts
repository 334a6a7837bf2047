import { expect, test } from 'vitest';
import { momentOrNull } from './version-value.ts';

test.each([
  ['2021-05-06', '2021-05-06T00:00:00+00:00'],
  ['2099-05-06 00:00:00.00+00:00', '2099-05-06T00:00:00+00:00'],
  ['2099-05-06T01:02:03Z', '2099-05-06T01:02:03+00:00'],
  ['2099-05-06 01:02:03', '2099-05-06T01:02:03+00:00'],
  [null, null],
])('%s is written as the original writes it', (written, moment) => {
  expect(momentOrNull(written, '+00:00')).toBe(moment);
});
