import { execFileSync } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type PackageProject, packageProject } from '#test/support/packages/package-project.ts';
import { packageTarball, type TarPart, writeTarball } from '#test/support/packages/write-tar.ts';

let server: Server;
let archive: Buffer;
let asked: string[] = [];
let project: PackageProject;

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end(archive);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

beforeEach(async () => {
  asked = [];
  project = await packageProject();
  const { port } = server.address() as AddressInfo;
  const address = `http://127.0.0.1:${port}/utils.tgz?token={{ env_var('DBT_ENV_SECRET_T', 'none') }}`;
  await project.write({ 'packages.yml': `packages:\n  - tarball: "${address}"\n    name: utils\n` });
});

afterEach(() => project.remove());

const PROJECT = { path: 'p/dbt_project.yml', content: 'name: utils\n' };

const holds = (...parts: TarPart[]) => {
  archive = writeTarball([PROJECT, ...parts]);
};

it('installs an archive of one folder, long names and all, once', async () => {
  const long = `macros/${'deep/'.repeat(30)}a.sql`;
  archive = packageTarball({ 'dbt_project.yml': 'name: utils\n', [long]: 'long', 'é.sql': 'accent' });
  const env = { DBT_ENV_SECRET_T: 'hush' };
  await project.install({ env });
  expect(await project.read(`dbt_packages/utils/${long}`)).toBe('long');
  expect(await project.read('dbt_packages/utils/é.sql')).toBe('accent');
  expect(asked).toEqual(['/utils.tgz?token=hush']);
  expect(await project.read('package-lock.yml')).not.toContain('hush');
  expect((await project.install({ env })).packages[0]?.isNew).toBe(false);
  expect(asked).toHaveLength(1);
});

it('reads what tar itself writes', async () => {
  const source = join(project.dir, 'source');
  const long = 'a'.repeat(90);
  await mkdir(join(source, 'p', long, long), { recursive: true });
  await writeFile(join(source, 'p/dbt_project.yml'), 'name: utils\n');
  await writeFile(join(source, 'p', long, long, 'x.sql'), 'x');
  for (const format of ['gnu', 'pax', 'ustar']) {
    archive = execFileSync('tar', [`--format=${format}`, '-czf', '-', '-C', source, 'p']);
    await project.install({ upgrade: true });
    expect(await project.read(`dbt_packages/utils/${long}/${long}/x.sql`)).toBe('x');
  }
});

describe('an archive that is refused before anything is written', () => {
  const outside: Record<string, TarPart[]> = {
    'a path that climbs out': [{ path: 'p/../../evil.sql', content: 'x' }],
    'an absolute path': [{ path: '/tmp/evil.sql', content: 'x' }],
    'a path with a backslash': [{ path: 'p/..\\evil.sql', content: 'x' }],
    'a link to an absolute path': [{ path: 'p/macros', type: '2', target: '/etc' }],
    'a link that climbs out': [{ path: 'p/macros/up', type: '2', target: '../../..' }],
    'a link whose way leads through another': [
      { path: 'p/here', type: '2', target: '.' },
      { path: 'p/up', type: '2', target: 'here/here/../..' },
    ],
    'a file written through a link': [
      { path: 'p/inner', type: '2', target: 'models' },
      { path: 'p/inner/a.sql', content: 'x' },
    ],
    'a hard link to a file outside': [{ path: 'p/passwd', type: '1', target: '../../etc/passwd' }],
    'a device': [{ path: 'p/null', type: '3' }],
  };

  for (const [what, parts] of Object.entries(outside)) {
    it(what, async () => {
      holds(...parts);
      expect(await project.failure()).toContain('would write or point outside its own folder');
      expect(await readdir(join(project.dir, 'dbt_packages'))).toEqual([]);
    });
  }

  it('two folders side by side', async () => {
    holds({ path: 'q/a.sql', content: 'x' });
    expect(await project.failure()).toContain('exactly one folder');
  });

  it('one that is cut off, or is none', async () => {
    archive = packageTarball({ 'dbt_project.yml': 'name: utils\n' }).subarray(0, 90);
    expect(await project.failure()).toContain('not a whole .tar.gz');
    archive = Buffer.from('<html>');
    expect(await project.failure()).toContain('not a whole .tar.gz');
  });

  it('one without a project', async () => {
    archive = packageTarball({ 'README.md': 'x' });
    expect(await project.failure()).toContain('there is no dbt_project.yml');
  });
});

it('keeps links that stay inside, and hard links as copies', async () => {
  holds(
    { path: 'p/models/a.sql', content: 'a' },
    { path: 'p/models/b.sql', type: '2', target: '../models/a.sql' },
    { path: 'p/c.sql', type: '1', target: 'p/models/a.sql' },
  );
  await project.install();
  expect(await project.read('dbt_packages/utils/models/b.sql')).toBe('a');
  expect(await project.read('dbt_packages/utils/c.sql')).toBe('a');
});
