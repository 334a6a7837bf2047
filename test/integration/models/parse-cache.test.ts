import { appendFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openProject } from '#shared/models/open-project.ts';

const SHOP = fileURLToPath(new URL('../../fixtures/projects/depot/project', import.meta.url));
const TARGET = { name: 'dev', schema: 's', database: 'd', type: 'postgres', threads: 1 };
let folder: string;
let dir: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'penstock-cache-'));
  dir = join(folder, 'project');
  await cp(SHOP, dir, { recursive: true });
  await cp(join(dir, 'local_packages'), join(dir, 'dbt_packages'), { recursive: true });
});
afterEach(() => rm(folder, { recursive: true }));

const cacheDir = () => join(folder, 'target');
const open = (over: object = {}) => openProject(dir, { target: TARGET, cacheDir: cacheDir(), ...over });
/** Moment of the last writing: a parse that was kept writes nothing. */
const kept = async () => createStamp(await readFile(join(cacheDir(), 'penstock-parsed.bin')));
const createStamp = (bytes: Buffer): string => bytes.toString('latin1');

test('what is kept is what was parsed, names and packages included', async () => {
  const first = await open();
  const bytes = await kept();
  const again = await open();
  expect(await kept()).toBe(bytes);
  expect([...again.graph.models]).toEqual([...first.graph.models]);
  expect(again.graph.tests).toEqual(first.graph.tests);
  expect([...again.graph.sources]).toEqual([...first.graph.sources]);
  expect(again.graph.names.data()).toEqual(first.graph.names.data());
});

test.each([
  ['a model', () => appendFile(join(dir, 'models/words.sql'), '\n-- changed')],
  [
    'a macro of a package',
    () => appendFile(join(dir, 'dbt_packages/kit/macros/greetings.sql'), '\n{# changed #}'),
  ],
  ['a new file', () => writeFile(join(dir, 'models/fresh.sql'), 'select 1 as one')],
  ['a file that is gone', () => rm(join(dir, 'tests/all_ours_are_french.sql'))],
])('%s is seen', async (_, change) => {
  await open();
  const bytes = await kept();
  await change();
  await open();
  expect(await kept()).not.toBe(bytes);
});

test('other variables, another environment and another target are other projects', async () => {
  await open();
  for (const over of [
    { vars: { all: 1 } },
    { env: { A: 'b' } },
    { target: { ...TARGET, schema: 'other' } },
  ]) {
    const bytes = await kept();
    await open(over);
    expect(await kept()).not.toBe(bytes);
  }
  const other = await open({ target: { ...TARGET, schema: 'other' } });
  const schemas = new Set([...other.graph.models.values()].map(({ relation }) => relation.schema));
  expect([...schemas].some((schema) => schema.startsWith('other'))).toBe(true);
});

test('a kept file that is broken is parsed over', async () => {
  const { graph } = await open();
  await writeFile(join(cacheDir(), 'penstock-parsed.bin'), 'not what was written');
  expect((await open()).graph.models.size).toBe(graph.models.size);
});

test('a project with problems is not kept, and says so each time', async () => {
  await writeFile(join(dir, 'models/broken.sql'), '{{ oops');
  for (let i = 0; i < 2; i += 1) await expect(open()).rejects.toMatchObject({ code: 'PROJECT_INVALID' });
});
