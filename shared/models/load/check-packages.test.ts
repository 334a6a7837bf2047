import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProjectOptions } from '../project/project.ts';
import { loadProject } from './load-project.ts';

const target = { name: 'dev', schema: 's', database: 'd', type: 'postgres', threads: 1 };
let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'penstock-check-'));
  await write({ 'dbt_project.yml': 'name: shop\n' });
});

afterEach(() => rm(dir, { recursive: true, force: true }));

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
}

async function problems(options: Partial<ProjectOptions> = {}): Promise<string[]> {
  const loaded = await loadProject(dir, { target, ...options });
  if ('project' in loaded) return [];
  return loaded.problems.map(({ file, line, cause }) => `${file}:${line} ${cause}`);
}

const missing = (file: string, line: number, name: string) =>
  `${file}:${line} package ${name} is in ${file} but not installed: run \`penstock transform deps\``;

describe('packages that are not installed', () => {
  it('are named with the line that asks for them, and nothing that follows from it', async () => {
    await write({
      'packages.yml': `packages:
  - package: acme/utils
    version: 1.0.0
  - tarball: https://example.org/x.tgz
    name: boxes
  - local: mine
`,
      'mine/dbt_project.yml': 'name: kit\n',
      'models/a.sql': '{{ utils.nowhere() }}',
    });
    expect(await problems()).toEqual([
      missing('packages.yml', 2, 'utils'),
      missing('packages.yml', 4, 'boxes'),
      missing('packages.yml', 6, 'kit'),
    ]);
  });

  it('are known by the lock file where only that has their names', async () => {
    await write({
      'dependencies.yml': 'packages:\n  - git: "https://{{ env_var(\'DBT_ENV_SECRET_T\') }}@e.org/a.git"\n',
      'package-lock.yml': 'packages:\n  - git: x\n    name: utils\n    revision: abc\n',
    });
    expect(await problems()).toEqual([missing('package-lock.yml', 2, 'utils')]);
    await write({ 'dbt_packages/utils/dbt_project.yml': 'name: utils\n' });
    expect(await problems()).toEqual([]);
  });

  it('are counted where nothing has their names', async () => {
    await write({ 'packages.yml': 'packages:\n  - git: https://e.org/a.git\n' });
    expect(await problems()).toEqual([
      'packages.yml:1 packages asked for: 1, installed: 0: run `penstock transform deps`',
    ]);
    await write({ 'dbt_packages/utils/dbt_project.yml': 'name: utils\n' });
    expect(await problems()).toEqual([]);
  });
});

describe('what a project file says of itself', () => {
  it('must fit the version run here, for packages too, unless that is not to be checked', async () => {
    await write({
      'dbt_project.yml': 'name: shop\nrequire-dbt-version: ">=1.11.0"\n',
      'dbt_packages/u/dbt_project.yml': 'name: u\nrequire-dbt-version: [">=1.0.0", "<1.10.0"]\n',
    });
    expect(await problems()).toEqual([
      expect.stringMatching(
        /^dbt_packages\/u\/dbt_project.yml:2 require-dbt-version: >=1.0.0, <1.10.0 leaves out/,
      ),
      expect.stringMatching(/^dbt_project.yml:2 require-dbt-version: >=1.11.0 leaves out/),
    ]);
    expect(await problems({ versionCheck: false })).toEqual([]);
    await write({ 'dbt_project.yml': 'name: shop\nrequire-dbt-version: [">=1.6.0", "<2.0.0"]\n' });
    await rm(join(dir, 'dbt_packages'), { recursive: true });
    expect(await problems()).toEqual([]);
  });

  it('is of format 2', async () => {
    await write({ 'dbt_project.yml': 'name: shop\nconfig-version: 1\n' });
    expect(await problems()).toEqual(['dbt_project.yml:2 config-version: must be 2']);
  });

  it('is warned of where nothing reads it', async () => {
    await write({ 'dbt_project.yml': 'name: shop\nconfig-version: 2\nmodel-path: [x]\n' });
    const loaded = await loadProject(dir, { target });
    expect('project' in loaded && loaded.project.warnings).toEqual([
      { file: 'dbt_project.yml', line: 3, cause: 'model-path: nothing reads this' },
    ]);
  });
});
