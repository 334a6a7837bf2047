import { expect, test } from 'vitest';
import type { ModelVersions, PlanInput } from '../plan/plan-build.ts';
import { stateAbove } from './state-above.ts';

const input = (name: string, ...reads: string[]): [string, PlanInput] => [
  name,
  { name, reads, sqlChecksum: '', dependsOnAsOf: false },
];
const inputs = new Map([input('silver', 'bronze'), input('gold', 'silver'), input('other', 'elsewhere')]);
const state = (versions: Readonly<Record<string, string>>): ModelVersions =>
  Object.fromEntries(
    Object.entries(versions).map(([name, version]) => [
      name,
      { version, inputVersions: {}, sqlChecksum: '', asOf: null },
    ]),
  );

test('it changes with everything above a model, however far, and with nothing else', () => {
  const before = stateAbove(inputs, state({ bronze: '1', silver: '1', gold: '1', elsewhere: '1' }), 'gold');
  const after = (versions: Readonly<Record<string, string>>) =>
    stateAbove(inputs, state({ bronze: '1', silver: '1', gold: '1', elsewhere: '1', ...versions }), 'gold');
  expect(after({ bronze: '2' })).not.toBe(before);
  expect(after({ silver: '2' })).not.toBe(before);
  expect(after({ gold: '2', elsewhere: '2' })).toBe(before);
});

test('a model above that was never built counts', () => {
  const never = stateAbove(inputs, {}, 'silver');
  expect(stateAbove(inputs, state({ bronze: '1' }), 'silver')).not.toBe(never);
});
