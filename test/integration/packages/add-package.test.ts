import { afterEach, beforeEach, expect, it } from 'vitest';
import { addPackage } from '#shared/models/packages/add-package.ts';
import { type PackageProject, packageProject } from '#test/support/packages/package-project.ts';

let project: PackageProject;

beforeEach(async () => {
  project = await packageProject();
});

afterEach(() => project.remove());

const add = (name: string, version?: string, source?: 'hub' | 'git' | 'local') =>
  addPackage(project.dir, { name, version, source });

it('makes the file where there is none', async () => {
  await add('acme/utils', '1.0.0');
  expect(await project.read('packages.yml')).toBe('packages:\n  - package: acme/utils\n    version: 1.0.0\n');
});

it('adds after the last, in place of the same package from anywhere, and keeps comments', async () => {
  await project.write({
    'packages.yml': `# ours
packages:
    # first
    - package: acme/other   # why
      version: 1.0.0
    - git: "https://e.org/acme/some-utils.git"
      revision: v1

    # last
    - local: ../mine
# the end
`,
  });
  const { replaced } = await add('acme/some_utils', '>=1.0.0,<2.0.0');
  expect(replaced).toEqual(['https://e.org/acme/some-utils.git']);
  expect(await project.read('packages.yml')).toBe(`# ours
packages:
    # first
    - package: acme/other   # why
      version: 1.0.0

    # last
    - local: ../mine
    - package: acme/some_utils
      version:
        - '>=1.0.0'
        - <2.0.0
# the end
`);
  const names = ['utils', 'some_utils_core'];
  for (const name of names) await add(`acme/${name}`, '1.0.0');
  expect((await add('acme/some_utils', '3.0.0')).replaced).toEqual(['acme/some_utils']);
});

it('rewrites a list that is written in one line, and uses dependencies.yml where packages are there', async () => {
  await project.write({ 'dependencies.yml': 'packages: [{local: ../mine}]\nprojects: [{name: up}]\n' });
  expect((await add('https://e.org/a.git', 'main', 'git')).file).toBe('dependencies.yml');
  expect(await project.read('dependencies.yml')).toBe(
    'packages:\n  - local: ../mine\n  - git: https://e.org/a.git\n    revision: main\nprojects:\n  - name: up\n',
  );
});

it('writes nothing that could not be read back', async () => {
  await expect(add('utils', '1.0.0')).rejects.toThrow('have a namespace');
  await expect(add('acme/utils')).rejects.toThrow('version: is missing');
  await expect(add('acme/utils', 'newest')).rejects.toThrow('newest is no version');
  await expect(project.read('packages.yml')).rejects.toThrow('ENOENT');
});
