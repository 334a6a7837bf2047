import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeProblems } from '../project/project-problem.ts';
import { loadProject } from './load-project.ts';

/** Projects with one thing wrong, and all that is told of them: the cause at its place, and nothing that only follows from it. */
const BROKEN = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/broken-projects.json', import.meta.url), 'utf8'),
) as readonly {
  readonly project: string;
  readonly files: Readonly<Record<string, string>>;
  readonly problems: readonly string[];
}[];

const target = { name: 'dev', schema: 'base', database: 'db', type: 'postgres', threads: 1 };
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'penstock-broken-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

test.each(BROKEN)('$project', async ({ project, files, problems }) => {
  for (const [path, text] of Object.entries({ 'dbt_project.yml': 'name: p\n', ...files })) {
    const file = join(dir, project, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  const loaded = await loadProject(join(dir, project), { target });
  expect('problems' in loaded ? describeProblems(loaded.problems).split('\n  ') : []).toEqual(problems);
});
