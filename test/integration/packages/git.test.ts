import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { git, type PackageProject, packageProject } from '#test/support/packages/package-project.ts';

let project: PackageProject;
let repository: string;

beforeEach(async () => {
  project = await packageProject();
  repository = join(dirname(project.dir), 'utils-repository');
  await mkdir(repository);
  git(repository, 'init', '--quiet');
  await commit({ 'dbt_project.yml': 'name: utils\n', 'a.sql': 'one' });
  git(repository, 'tag', 'v1');
  git(repository, 'tag', '1.10');
  await commit({ 'a.sql': 'two' });
  git(repository, 'checkout', '--quiet', '-b', 'next');
  await commit({ 'a.sql': 'three', 'packs/inner/dbt_project.yml': 'name: inner\n', 'packs/outer.sql': 'x' });
  git(repository, 'checkout', '--quiet', 'main');
});

afterEach(() => project.remove());

async function commit(files: Readonly<Record<string, string>>): Promise<string> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(repository, path)), { recursive: true });
    await writeFile(join(repository, path), text);
  }
  git(repository, 'add', '-A');
  git(repository, 'commit', '--quiet', '-m', 'more');
  return git(repository, 'rev-parse', 'HEAD');
}

const asks = (more: string, address = repository) =>
  project.write({ 'packages.yml': `packages:\n  - git: "${address}"\n${more}` });

const installed = async () => {
  await project.install();
  return project.read('dbt_packages/utils/a.sql');
};

describe('a revision', () => {
  it('may be a tag, a branch, a commit, a part of one, or nothing', async () => {
    const first = git(repository, 'rev-parse', 'v1');
    const contents: string[] = [];
    for (const revision of ['v1', 'next', first, first.slice(0, 8)]) {
      await asks(`    revision: ${revision}\n`);
      contents.push(await installed());
    }
    await asks('');
    expect([...contents, await installed()]).toEqual(['one', 'three', 'one', 'one', 'two']);
  });

  it('that looks like a number keeps its digits', async () => {
    await asks('    revision: 1.10\n');
    expect(await installed()).toBe('one');
  });

  it('is locked as its commit, so that a branch that moves is followed only by an upgrade', async () => {
    await asks('    revision: main\n');
    await project.install();
    const commitOne = git(repository, 'rev-parse', 'HEAD');
    expect(await project.read('package-lock.yml')).toContain(`revision: ${commitOne}`);
    await commit({ 'a.sql': 'four' });
    await rm(join(project.dir, 'dbt_packages'), { recursive: true });
    expect(await installed()).toBe('two');
    await project.install({ upgrade: true });
    expect(await project.read('dbt_packages/utils/a.sql')).toBe('four');
  });

  it('that is a branch or nothing is warned of, unless told not to', async () => {
    await asks('');
    expect((await project.install()).warnings).toEqual([expect.stringContaining('is not pinned')]);
    await asks('    warn-unpinned: false\n');
    expect((await project.install()).warnings).toEqual([]);
  });

  it('that two ask for differently is a conflict that names both', async () => {
    await commit({ 'dbt_project.yml': 'name: utils\n', 'b.sql': '' });
    const other = `{git: "${repository}", revision: next}`;
    await project.write({
      'local/dbt_project.yml': 'name: mine\n',
      'local/packages.yml': `packages: [${other}]\n`,
      'packages.yml': `packages:\n  - local: local\n  - {git: "${repository}", revision: v1}\n`,
    });
    const message = await project.failure();
    expect(message).toContain(`shop asks for ${repository} at v1; mine asks for ${repository} at next`);
  });
});

it('installs only a subdirectory, and nothing of git', async () => {
  await asks('    revision: next\n    subdirectory: packs/inner\n');
  await project.install();
  expect(await readdir(join(project.dir, 'dbt_packages/inner'))).toEqual([
    '.penstock-package.json',
    'dbt_project.yml',
  ]);
});

it('says what git says of a repository that is not there', async () => {
  await asks('', join(repository, 'nowhere'));
  expect(await project.failure()).toMatch(/could not be fetched.*does not appear to be a git repository/);
});

it('says where a package should have been', async () => {
  await asks('    subdirectory: packs/none\n');
  expect(await project.failure()).toContain('subdirectory=packs/none, reason=there is no such folder');
});

describe('what a repository must not do', () => {
  it('point out of its package by a link', async () => {
    await symlink('/etc', join(repository, 'macros'));
    await symlink('a.sql', join(repository, 'same.sql'));
    await commit({});
    await asks('');
    const { warnings } = await project.install();
    expect(warnings).toContainEqual(expect.stringContaining('the link macros leads out of the package'));
    expect((await readdir(join(project.dir, 'dbt_packages/utils'))).sort()).toEqual([
      ...['.penstock-package.json', 'a.sql', 'dbt_project.yml', 'same.sql'],
    ]);
  });

  it('name a folder of the machine as its subdirectory', async () => {
    const outside = join(dirname(project.dir), 'outside');
    await mkdir(outside);
    await writeFile(join(outside, 'dbt_project.yml'), 'name: outside\n');
    await symlink(outside, join(repository, 'sub'));
    await commit({});
    await asks('    subdirectory: sub\n');
    expect(await project.failure()).toContain('there is no such folder');
    await asks('    subdirectory: ../outside\n');
    expect(await project.failure()).toContain('subdirectory: must lie inside the repository');
  });

  it('be an option of git', async () => {
    await asks('', '--upload-pack=touch /tmp/x');
    expect(await project.failure()).toContain('may not start with -');
  });
});

describe('secrets', () => {
  const TOKEN = 's3cr3t-t0k3n';

  it('of the environment are in no error, in no lock file and below no package', async () => {
    const address = `${dirname(repository)}/{{ env_var('DBT_ENV_SECRET_TOKEN') }}`;
    await asks('', address);
    const env = { DBT_ENV_SECRET_TOKEN: TOKEN };
    const message = await project.failure({ env });
    expect(message).toContain('could not be fetched');
    expect(message).not.toContain(TOKEN);
    git(dirname(repository), 'clone', '--quiet', repository, TOKEN);
    await project.install({ env });
    const lock = await project.read('package-lock.yml');
    expect(lock).toContain("{{ env_var('DBT_ENV_SECRET_TOKEN') }}");
    expect(lock).not.toContain(TOKEN);
    for (const entry of await readdir(join(project.dir, 'dbt_packages'), {
      recursive: true,
      withFileTypes: true,
    }))
      if (entry.isFile())
        expect(await readFile(join(entry.parentPath, entry.name), 'utf8')).not.toContain(TOKEN);
    await rm(join(project.dir, 'dbt_packages'), { recursive: true });
    expect((await project.install({ env })).locked).toBe(false);
  });

  it('written into an address are in no error and not in the lock file', async () => {
    const address = `http://ann:${TOKEN}@127.0.0.1:1/utils.git`;
    await asks('    revision: main\n', address);
    const message = await project.failure();
    expect(message).toContain('http://*****:*****@127.0.0.1:1/utils.git');
    expect(message).not.toContain(TOKEN);
  });
});
