import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { DEVICE_FILLED, DEVICE_PROJECTION, deviceParents, deviceRow } from '#test/support/device-rows.ts';
import { type Json, marker } from '#test/support/marked-rows.ts';
import { seededRandom } from '#test/support/seeded-random.ts';
import type { Field } from '../field.ts';
import { text } from '../field.ts';
import { compileProjection, type ProjectionSpec } from '../project-row.ts';
import { recordDroppedKeys } from './dropped-keys.ts';

const ROWS = 3_000;
const random = seededRandom(20261101);
const { token, mark, value } = marker(random);

/** All that a projection lets out of rows with marks: results, errors, what is recorded, and what a log would show. */
function outputsOf(spec: ProjectionSpec): { outputs: string; good: number; rejected: number } {
  const recorder = recordDroppedKeys();
  const projection = compileProjection(spec, recorder);
  const seen: string[] = [];
  const counts = { good: 0, rejected: 0 };
  for (let i = 0; i < ROWS; i += 1) {
    const [row, ...around] = [deviceRow(i), ...deviceParents(i)].map((one) =>
      random() < 0.5 ? mark(one) : one,
    );
    // What the source reads is text: nothing but what JSON can say.
    const parents = around.map((one) => JSON.parse(JSON.stringify(one)) as Json);
    const raw = { value: JSON.parse(JSON.stringify(row)) as Json, parents };
    const projected = projection.project(raw, DEVICE_FILLED);
    counts[projected.ok ? 'good' : 'rejected'] += 1;
    seen.push(JSON.stringify(projected));
  }
  seen.push(JSON.stringify(recorder.snapshot()), inspect([projection, recorder], { depth: null }));
  return { outputs: seen.join('\n'), ...counts };
}

test('no mark leaves a projection, whatever holds it', () => {
  const { outputs, good, rejected } = outputsOf(DEVICE_PROJECTION);
  expect(outputs.includes(token)).toBe(false);
  expect(outputs.includes('hidden')).toBe(false);
  expect(good).toBeGreaterThan(ROWS / 5);
  expect(rejected).toBeGreaterThan(ROWS / 5);
});

test('the search finds a mark that a contract lets through', () => {
  const fields: Record<string, Field> = {
    ...DEVICE_PROJECTION.contract.fields,
    note: text({ nullable: true }),
  };
  const contract = { ...DEVICE_PROJECTION.contract, fields };
  expect(outputsOf({ ...DEVICE_PROJECTION, contract }).outputs.includes(token)).toBe(true);
});

test('keys of one device each are counted and not named, beside one that all devices have', () => {
  const recorder = recordDroppedKeys();
  const projection = compileProjection(DEVICE_PROJECTION, recorder);
  for (let i = 0; i < 5000; i += 1) {
    const row = { ...(deviceRow(i) as Record<string, Json>), [`${token}${i}`]: value() };
    projection.project({ value: row, parents: [] }, DEVICE_FILLED);
  }
  expect(recorder.snapshot()).toEqual([
    { path: '', key: null, entities: 100, occurrences: 5000 },
    { path: 'configuration', key: 'wifi_password', entities: 100, occurrences: 5000 },
  ]);
});

test('values no program would write neither throw nor show', () => {
  const projection = compileProjection(DEVICE_PROJECTION, recordDroppedKeys());
  const deep = JSON.parse(
    `${'{"state":'.repeat(5000)}${'['.repeat(3000)}"${token}"${']'.repeat(3000)}${'}'.repeat(5000)}`,
  ) as Json;
  const wide = Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`${token}${i}`, i]));
  const long = {
    ...(deviceRow(1) as object),
    device_id: token.repeat(100_000),
    firmware: { embedded: token.repeat(100_000) },
  };
  for (const one of [deep, wide, long, null, token, [token], 5]) {
    for (const parents of [[], [one], [one, one, one]]) {
      const projected = projection.project({ value: one, parents }, DEVICE_FILLED);
      expect(JSON.stringify(projected).includes(token)).toBe(false);
    }
  }
});
