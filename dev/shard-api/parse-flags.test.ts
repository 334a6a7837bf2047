import { expect, test } from 'vitest';
import { resolveOptions } from './options.ts';
import { parseFlags } from './parse-flags.ts';

test('flags become options', () => {
  const args = [
    '--devices',
    '100000',
    '--customers',
    '400',
    '--shards=5',
    '--seed',
    '7',
    '--scenario',
    'flaky',
  ];
  expect(parseFlags([...args, '--removed-share', '0.5', '--fuzz'])).toEqual({
    options: {
      devices: 100_000,
      customers: 400,
      shards: 5,
      seed: 7,
      scenario: 'flaky',
      removedShare: 0.5,
      fuzz: true,
      preRendered: false,
    },
    untilStdinEnds: false,
  });
  expect(parseFlags(['--pre-rendered', '--warm', '500', '--until-stdin-ends'])).toEqual({
    options: { fuzz: false, preRendered: true },
    warm: 500,
    untilStdinEnds: true,
  });
  expect(parseFlags(['--help'])).toBeUndefined();
});

test.each([
  ['a flag there is not', ['--device', '1'], '--device'],
  ['words for a number', ['--devices', 'many'], '--devices'],
  ['a page size without pages', ['--warm', '5'], '--pre-rendered'],
  ['a stray word', ['5'], '5'],
])('refuses %s', (_what, args, named) => {
  expect(() => parseFlags(args)).toThrow(named);
});

test.each([
  ['a seed that is no number', { seed: -1 }, 'seed'],
  ['fewer customers than shards', { customers: 2 }, 'at least as many customers'],
  ['fewer devices than customers', { devices: 2 }, 'as many devices'],
  ['a size of nothing', { sizes: [3, 0] }, 'sizes must'],
  ['sizes of a shard there is not', { sizes: { s9: [1] } }, 's9'],
  ['no rate at all', { requestsPerSecond: 0 }, 'requestsPerSecond'],
  ['fuzz that is rendered once', { fuzz: true, preRendered: true }, 'exclude'],
])('options: refuses %s', (_what, options, named) => {
  expect(() => resolveOptions(options)).toThrow(named);
});

test('options: names every problem at once', () => {
  expect(() => resolveOptions({ seed: 0.5, tokenTtlMs: 0 })).toThrow(/seed.*tokenTtlMs/);
});
