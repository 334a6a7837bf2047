import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cli } from '#test/integration/cli/spawn-cli.ts';
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts';
import { withClient } from '#test/support/with-client.ts';

/**
 * Unit tests of one project with the status and failures that the original (1.10.23, PostgreSQL) gave each: values of every type, formats,
 * inputs, overrides, versions, packages, models that grow; good, failing and broken ones.
 */
const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../../fixtures/unit-tests/${name}`, import.meta.url));

/** Where this differs on purpose: what it gives, and why. */
const DIFFERENT = new Map([
  ['shop.arr_same.arrays', ['pass 0', 'the original casts to ARRAY, which is no type']],
  ['shop.plans_read.versions_read', ['pass 0', 'the original finds no input that is a version']],
  ['shop.same.intervals_alike', ['pass 0', 'the original compares where bytes lie in memory']],
  ['shop.says.model_name', ['pass 0', 'the model keeps its name: the original calls it by the test']],
]);

/** One batch of the microbatch model, whatever day it is. */
const DAY = ['--event-time-start', '2024-01-01', '--event-time-end', '2024-01-02'];

let database: TestDatabase;
let dir: string;
let given: Map<string, string>;

async function transform(...args: string[]) {
  const [verb = '', ...rest] = args;
  const place = ['--project-dir', dir, '--warehouse-schema', 'dev', '--threads', '2'];
  return cli(['transform', verb, ...place, ...rest], { PENSTOCK_WAREHOUSE_URL: database.url, HOME: dir });
}

beforeAll(async () => {
  database = await testDatabase();
  dir = await mkdtemp(join(tmpdir(), 'penstock-unit-tests-'));
  await cp(fixture('project'), dir, { recursive: true });
  const world = await readFile(fixture('world.sql'), 'utf8');
  await withClient(database.url, (client) => client.query(world));
  // What unit tests read must stand, since it gives fixtures their types; in a build those that fail would hold it back.
  expect(await transform('seed')).toMatchObject({ code: 0 });
  expect(await transform('run', '--exclude', 'of_snap', ...DAY)).toMatchObject({ code: 0 });
  expect(await transform('snapshot')).toMatchObject({ code: 0 });
  await transform('test', '--select', 'test_type:unit');
  const { results } = JSON.parse(await readFile(join(dir, 'target/run_results.json'), 'utf8')) as {
    results: { unique_id: string; status: string; failures: number | null }[];
  };
  given = new Map(
    results.map(({ unique_id: id, status, failures }) => [
      id.replace('unit_test.', ''),
      `${status} ${failures}`,
    ]),
  );
}, 120_000);

afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
  await database.drop();
});

test('each has the status that the original gave it', async () => {
  const answers = JSON.parse(await readFile(fixture('answers.json'), 'utf8')) as Record<string, string>;
  const expected = Object.entries(answers).map(([id, answer]) => [id, DIFFERENT.get(id)?.[0] ?? answer]);
  expect(Object.keys(answers)).toHaveLength(68);
  expect(Object.fromEntries(given)).toEqual(Object.fromEntries(expected));
});

test('what is held to differ does differ', async () => {
  const answers = JSON.parse(await readFile(fixture('answers.json'), 'utf8')) as Record<string, string>;
  for (const id of DIFFERENT.keys()) expect(given.get(id), id).not.toBe(answers[id]);
});

test('a unit test that is turned off is not run', () => {
  expect([...given.keys()].filter((id) => id.endsWith('turned_off'))).toEqual([]);
});
