import { lstat, mkdir, readdir, readlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashOf } from '#shared/models/packages/lock-file.ts';
import { readPackagesFile } from '#shared/models/packages/read-packages-file.ts';
import { type PackageProject, packageProject } from '#test/support/packages/package-project.ts';

let project: PackageProject;

beforeEach(async () => {
  project = await packageProject();
  await project.write({
    '../local/dbt_project.yml': 'name: mine\n',
    '../local/packages.yml': 'packages: [{local: ../second}]\n',
    '../second/dbt_project.yml': 'name: second\n',
  });
});

afterEach(() => project.remove());

describe('local packages', () => {
  it('are links to where they stand, paths of packages counted from the project', async () => {
    await project.write({ 'packages.yml': 'packages:\n  - local: ../local\n' });
    const { packages } = await project.install();
    expect(packages.map(({ name, version }) => `${name} ${version}`)).toEqual(['mine local', 'second local']);
    const link = join(project.dir, 'dbt_packages/second');
    expect((await lstat(link)).isSymbolicLink()).toBe(true);
    expect(await readlink(link)).toBe(join(dirname(project.dir), 'second'));
  });

  it('that ask for the project itself are a circle', async () => {
    await project.write({
      'packages.yml': 'packages: [{local: ../local}]\n',
      '../local/packages.yml': 'packages: [{local: ../shop}]\n',
    });
    expect(await project.failure()).toContain('mine asks for ../shop, which is shop itself');
  });

  it('that are not there say so', async () => {
    await project.write({ 'packages.yml': 'packages: [{local: ../none}]\n' });
    expect(await project.failure()).toContain('package=../none, reason=there is no dbt_project.yml');
  });
});

describe('the file', () => {
  it('is rendered with variables of the environment and of the command line', async () => {
    await project.write({
      'dependencies.yml': `packages:\n  - local: "{{ env_var('WHERE') }}/{{ var('which') }}"\nprojects: [{name: upstream}]\n`,
    });
    const { packages } = await project.install({ env: { WHERE: '..' }, vars: { which: 'second' } });
    expect(packages.map(({ name }) => name)).toEqual(['second']);
    const asked = await readPackagesFile(project.dir, { env: { WHERE: '' }, vars: { which: '' } });
    expect(asked.projects).toEqual(['upstream']);
  });

  it('has every problem listed with its line', async () => {
    await project.write({
      'packages.yml': `packages:
  - package: utils
    version: 1.0.0
  - package: acme/utils
  - package: acme/utils
    version: [">=1", "<2.0.0"]
  - tarball: http://x/y.tgz
  - nothing: true
  - local: "{{ env_var('NOT_SET') }}"
`,
    });
    const message = await project.failure();
    const at = (line: number, cause: string) => expect(message).toContain(`packages.yml:${line} ${cause}`);
    at(2, 'utils: packages of the hub have a namespace');
    at(4, 'acme/utils: version: is missing');
    at(5, 'acme/utils: >=1 is no version');
    at(7, 'a tarball needs name:');
    at(8, 'a package needs package:, git:, tarball: or local:');
    at(9, "environment variable 'NOT_SET'");
  });

  it('asks for nothing when it is missing or empty', async () => {
    expect((await project.install()).packages).toEqual([]);
    await project.write({ 'packages.yml': '' });
    expect((await project.install()).packages).toEqual([]);
  });

  it('may not share its packages with dependencies.yml', async () => {
    await project.write({
      'packages.yml': 'packages: [{local: ../local}]\n',
      'dependencies.yml': 'packages: [{local: ../second}]\n',
    });
    expect(await project.failure()).toContain('not in both');
  });
});

/** As `_create_sha1_hash` of dbt-core 1.10.23 answered for the same files. */
it.each([
  ['[{package: dbt-labs/dbt_utils, version: 1.1.1}]', 'a158c48c59c2bb7d729d2a4e215aabe5bb4f3353'],
  [
    '[{package: dbt-labs/dbt_utils, version: [">=1.0.0", "<2.0.0"], install_prerelease: true}, {local: ../x}]',
    '1f22d7a76b0ea813d43b4232660ae3497a9e91ff',
  ],
  ['[{git: "https://e.org/a.git"}]', '3f8c57e324ca06d3918fb594b6145b432c142d22'],
])('hashes %s as the original does', async (packages, hash) => {
  await project.write({ 'packages.yml': `packages: ${packages}\n` });
  const scope = { env: {} };
  expect(hashOf(await readPackagesFile(project.dir, scope), scope.env)).toBe(hash);
});

describe('the folder of packages', () => {
  it('keeps what is no package, and is never the project', async () => {
    await mkdir(join(project.dir, 'shared/mine'), { recursive: true });
    await project.write({ 'packages.yml': 'packages: [{local: ../second}]\n', 'shared/notes.txt': 'x' });
    const { warnings } = await project.install({ installPath: 'shared' });
    expect((await readdir(join(project.dir, 'shared'))).sort()).toEqual(['mine', 'notes.txt', 'second']);
    expect(warnings).toEqual([expect.stringContaining('mine is no package')]);
    for (const installPath of ['.', '..', '/'])
      expect(await project.failure({ installPath })).toContain('packages-install-path is the project itself');
  });
});
