import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { manifestOf } from '#shared/models/artifacts/manifest.ts';
import { openProject } from '#shared/models/open-project.ts';

type Entry = Readonly<Record<string, unknown>>;
type Manifest = Readonly<Record<string, Readonly<Record<string, Entry>>>>;

const fixture = (path: string): string => fileURLToPath(new URL(`../../fixtures/${path}`, import.meta.url));

async function oursOf(folder: string): Promise<Manifest> {
  const target = { name: 'dev', schema: 'dev', database: 'any', type: 'postgres', threads: 1 };
  const project = await openProject(fixture(folder), { target, vars: {}, env: {} });
  const run = { asOf: '2024-01-01', runId: 'r', runStartedAt: '2024-01-01T00:00:00Z', invocationId: 'i' };
  // As it is written: what is undefined is no key.
  return JSON.parse(JSON.stringify(manifestOf(project, run))) as Manifest;
}

/** Tests whose macro configures them itself: the original tells that apart from what their declaration says. */
const CONFIGURED_BY_MACRO = /^test\.bookshop\.(row_count_of|contains)_/;

/** Order of tags says nothing. */
const plain = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [
    key,
    key === 'tags' && Array.isArray(item) ? [...(item as unknown[])].sort() : plain(item),
  ]);
  return Object.fromEntries(entries) as unknown;
};

// What the original (1.10.23) wrote for the same projects: what comparisons of state and readers of manifests go by.
test.each([
  ['bookshop', 'projects/bookshop/project'],
  ['chronicle', 'projects/chronicle/project'],
  ['selection', 'projects/selection'],
])('the manifest of %s says what the original says', async (name, folder) => {
  const theirs = JSON.parse(await readFile(fixture(`artifacts/${name}.json`), 'utf8')) as Manifest;
  const ours = await oursOf(folder);
  for (const [id, node] of Object.entries(theirs['nodes'] ?? {})) {
    const found = ours['nodes']?.[id] ?? {};
    const keys = CONFIGURED_BY_MACRO.test(id) ? ['config', 'fqn', 'alias'] : Object.keys(node);
    const chosen = (entry: Entry) => plain(Object.fromEntries(keys.map((key) => [key, entry[key]])));
    expect({ id, node: chosen(found) }).toEqual({ id, node: chosen(node) });
  }
  expect(ours['docs']).toEqual(theirs['docs']);
  for (const [id, group] of Object.entries(theirs['groups'] ?? {}))
    expect(ours['groups']?.[id]).toMatchObject(group);
  const sorted = Object.entries(ours['group_map'] ?? {}).map(([group, ids]) => [
    group,
    [...(ids as unknown as string[])].sort(),
  ]);
  expect(Object.fromEntries(sorted)).toEqual(theirs['group_map']);
  const off = Object.keys(ours['disabled'] ?? {}).filter((id) => !id.startsWith('unit_test.'));
  expect(off.sort()).toEqual(theirs['disabled']);
});
