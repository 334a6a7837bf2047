import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadScenario, scenarioNames } from './load-scenario.ts';
import { parseScenario } from './scenario.ts';

const SHARDS = ['s1', 's2', 's3'];

test('the scenarios that come along are these', () => {
  expect(scenarioNames()).toEqual([
    'calm',
    'drifted',
    'flaky',
    'hostile',
    'incomplete-coarse',
    'no-coarse',
    'one-dead-shard',
    'slow-shard',
  ]);
});

test.each(scenarioNames())('%s can be read and says what it is about', async (name) => {
  const scenario = await loadScenario(name, SHARDS);
  expect(scenario.description.length).toBeGreaterThan(20);
  if (name !== 'calm') expect(scenario.faults.length).toBeGreaterThan(0);
});

test('fields that are left out have defaults', () => {
  const { faults } = parseScenario({ faults: [{ kind: 'shard-down' }, { kind: 'nan', rate: 0.5 }] });
  expect(faults).toEqual([
    { kind: 'shard-down', mode: 'refused' },
    { kind: 'nan', rate: 0.5, share: 0.1 },
  ]);
});

test.each<[string, unknown, string]>([
  ['a fault there is not', { faults: [{ kind: 'latency', ms: 1 }, { kind: 'explode' }] }, 'faults[1].kind'],
  ['a field there is not', { faults: [{ kind: 'latency', ms: 1, msec: 2 }] }, '"msec"'],
  ['a field that is missing', { faults: [{ kind: 'latency' }] }, 'faults[0].ms'],
  ['a rate beyond 1', { faults: [{ kind: 'reset', rate: 2 }] }, 'faults[0].rate'],
  [
    'an endpoint there is not',
    { faults: [{ kind: 'reset', endpoints: ['state'] }] },
    'faults[0].endpoints[0]',
  ],
  ['a rate where it means nothing', { faults: [{ kind: 'shard-down', rate: 0.5 }] }, '"rate"'],
  ['no faults at all', { description: 'x' }, 'faults:'],
  ['a list', [], 'scenario:'],
  ['a shard there is not', { faults: [{ kind: 'reset', shards: ['s4'] }] }, 'there is no shard s4'],
])('refuses %s and says where', (_what, written, named) => {
  expect(() => parseScenario(written, SHARDS)).toThrow(named);
});

test('names every problem at once', () => {
  const written = { faults: [{ kind: 'latency' }, { kind: 'reset', rate: -1 }] };
  expect(() => parseScenario(written)).toThrow(/faults\[0\]\.ms.*faults\[1\]\.rate/);
});

test('a file is read by its path; what is neither name nor file is refused with the names there are', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'scenario-'));
  try {
    const path = join(folder, 'own.json');
    await writeFile(path, '{"faults":[{"kind":"fuzz"}]}');
    expect((await loadScenario(path)).faults).toEqual([{ kind: 'fuzz' }]);
    await writeFile(path, '{"faults":');
    await expect(loadScenario(path)).rejects.toMatchObject({ code: 'SHARD_API_SCENARIO' });
    const missing = expect.objectContaining({ known: expect.stringContaining('flaky') });
    await expect(loadScenario('clam')).rejects.toMatchObject({
      code: 'SHARD_API_SCENARIO_MISSING',
      facts: missing,
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});
