import { expect, test } from 'vitest';
import { parseFlags } from './parse-flags.ts';

const URL_FLAG = ['--url', 'postgresql://owner@localhost/oltp'];

test('flags have defaults, and each can be given', () => {
  expect(parseFlags(URL_FLAG, '2026-03-31')).toEqual({
    url: 'postgresql://owner@localhost/oltp',
    companies: 20_000,
    installments: 200_000,
    seed: 42,
    today: '2026-03-31',
  });
  const given = ['--companies', '5', '--installments=0', '--seed', '7', '--today', '2024-02-29'];
  expect(parseFlags([...URL_FLAG, ...given], '2026-03-31')).toMatchObject({
    companies: 5,
    installments: 0,
    seed: 7,
    today: '2024-02-29',
  });
  expect(parseFlags(['--help'], '2026-03-31')).toBeUndefined();
});

test.each([
  ['no URL', [], '--url'],
  ['another scheme', ['--url', 'mysql://host/db'], '--url'],
  ['a flag there is not', [...URL_FLAG, '--sead', '1'], '--sead'],
  ['a stray word', [...URL_FLAG, '7'], '7'],
  ['no companies at all', [...URL_FLAG, '--companies', '0'], '--companies'],
  ['a number with a point', [...URL_FLAG, '--seed', '1.5'], '--seed'],
  ['a day that is not', [...URL_FLAG, '--today', '2026-02-30'], '--today'],
])('refuses %s', (_what, args, named) => {
  expect(() => parseFlags(args, '2026-03-31')).toThrow(named);
});
