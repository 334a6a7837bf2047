import { mkdir, readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HubServer, openHubServer } from '#test/support/packages/hub-server.ts';
import { type PackageProject, packageProject } from '#test/support/packages/package-project.ts';

let hub: HubServer;
let project: PackageProject;

beforeEach(async () => {
  hub = await openHubServer({
    'acme/utils': {
      '1.0.0': {},
      '1.9.0': { files: { 'macros/a.sql': 'nine' } },
      '1.10.0': { files: { 'macros/a.sql': 'ten', 'macros/deep/b.sql': 'b' } },
      '2.0.0-rc1': {},
      '2.0.0': {},
    },
    'acme/tests': {
      '0.1.0': { packages: [{ package: 'acme/utils', version: '>=1.0.0' }] },
      '0.2.0': { packages: [{ package: 'acme/utils', version: ['>=1.0.0', '<1.10.0'] }] },
    },
    'acme/alpha': { '1.0.0': { packages: [{ package: 'acme/beta', version: '1.0.0' }] } },
    'acme/beta': { '1.0.0': { packages: [{ package: 'acme/alpha', version: '1.0.0' }] } },
    'acme/early': { '0.1.0-b2': {}, '0.1.0-b10': {} },
    'acme/later': { '1.0.0': { requires: ['>=1.0.0', '<2.0.0'] }, '3.0.0': { requires: ['>=3.0.0'] } },
    'other/utils': { '1.0.0': {} },
  });
  project = await packageProject(hub.url);
});

afterEach(async () => {
  await hub.close();
  await project.remove();
});

const asks = (...entries: string[]) =>
  project.write({ 'packages.yml': `packages:\n${entries.map((entry) => `  - ${entry}\n`).join('')}` });

const UTILS = '{package: acme/utils, version: [">=1.0.0", "<2.0.0"]}';

it('installs the highest version within the bounds and locks it as the original does', async () => {
  await asks(UTILS);
  const { packages, locked } = await project.install();
  expect(packages).toEqual([
    { name: 'utils', from: 'acme/utils', version: '1.10.0', latest: '2.0.0', isNew: true },
  ]);
  expect(locked).toBe(true);
  expect(await project.read('dbt_packages/utils/macros/deep/b.sql')).toBe('b');
  expect(await project.read('package-lock.yml')).toMatch(
    /^packages:\n {2}- name: utils\n {4}package: acme\/utils\n {4}version: 1\.10\.0\nsha1_hash: [0-9a-f]{40}\n$/,
  );
});

it('asks nobody when nothing changed, and mends what somebody changed', async () => {
  await asks(UTILS);
  await project.install();
  hub.asked.length = 0;
  expect((await project.install()).packages[0]?.isNew).toBe(false);
  expect(hub.asked).toEqual([]);
  await project.write({ 'dbt_packages/utils/macros/a.sql': 'by hand' });
  expect((await project.install()).packages[0]?.isNew).toBe(true);
  expect(await project.read('dbt_packages/utils/macros/a.sql')).toBe('ten');
});

it('keeps to the lock file until it is upgraded or something else is asked for', async () => {
  await asks(UTILS);
  await project.install();
  hub.releases['acme/utils'] = { ...hub.releases['acme/utils'], '1.11.0': {} };
  expect((await project.install()).packages[0]?.version).toBe('1.10.0');
  expect((await project.install({ upgrade: true })).packages[0]?.version).toBe('1.11.0');
  await asks('{package: acme/utils, version: 1.9.0}');
  expect((await project.install()).packages[0]?.version).toBe('1.9.0');
});

it('fetches only what changed, and removes what nobody asks for', async () => {
  await asks(UTILS, '{package: acme/later, version: 1.0.0}');
  await project.install();
  const before = await stat(join(project.dir, 'dbt_packages/utils'));
  await asks(UTILS);
  const { removed } = await project.install();
  expect(removed).toEqual(['later']);
  expect(await readdir(join(project.dir, 'dbt_packages'))).toEqual(['utils']);
  expect((await stat(join(project.dir, 'dbt_packages/utils'))).ino).toBe(before.ino);
  expect(hub.asked.filter((path) => path.endsWith('utils/1.10.0.tar.gz'))).toHaveLength(1);
});

it('lets a bound deep in the tree change what was chosen above', async () => {
  await asks('{package: acme/utils, version: ">=1.0.0"}', '{package: acme/tests, version: 0.2.0}');
  const { packages } = await project.install();
  expect(packages.map(({ name, version }) => `${name} ${version}`)).toEqual(['utils 1.9.0', 'tests 0.2.0']);
});

it('only locks when only that is asked', async () => {
  await asks(UTILS);
  await project.install({ lockOnly: true });
  expect(await project.read('package-lock.yml')).toContain('1.10.0');
  expect((await readdir(project.dir)).sort()).toEqual([
    'dbt_project.yml',
    'package-lock.yml',
    'packages.yml',
  ]);
  expect(hub.asked).toEqual(['/api/v1/acme/utils.json']);
});

describe('pre-releases', () => {
  it('are taken only when they are asked for', async () => {
    await asks('{package: acme/early, version: ">=0.0.1"}');
    expect(await project.failure()).toContain('Nothing satisfies everyone');
    await asks('{package: acme/early, version: ">=0.0.1", install_prerelease: true}');
    expect((await project.install()).packages[0]?.version).toBe('0.1.0-b10');
    await asks('{package: acme/early, version: 0.1.0-b2}');
    expect((await project.install()).packages[0]?.version).toBe('0.1.0-b2');
  });
});

describe('what cannot be resolved', () => {
  it('names who asks for what', async () => {
    await asks('{package: acme/utils, version: ">=2.0.0"}', '{package: acme/tests, version: 0.2.0}');
    const message = await project.failure();
    expect(message).toContain('shop asks for acme/utils >=2.0.0; tests asks for acme/utils >=1.0.0, <1.10.0');
    expect(message).toContain('available=1.0.0, 1.9.0, 1.10.0, 2.0.0-rc1, 2.0.0');
  });

  it('names the circle', async () => {
    await asks('{package: acme/alpha, version: 1.0.0}');
    expect(await project.failure()).toMatch(/circle=(alpha asks for beta|beta asks for alpha)/);
  });

  it('refuses two packages of one name, saying who asks', async () => {
    await asks('{package: acme/utils, version: 1.0.0}', '{package: other/utils, version: 1.0.0}');
    const message = await project.failure();
    expect(message).toContain('package=utils, first=acme/utils, asked for by shop, second=other/utils');
  });

  it('takes no version that does not work with what is run here, unless told to', async () => {
    await asks('{package: acme/later, version: ">=1.0.0"}');
    expect((await project.install()).packages[0]?.version).toBe('1.0.0');
    expect((await project.install({ versionCheck: false, upgrade: true })).packages[0]?.version).toBe(
      '3.0.0',
    );
    await asks('{package: acme/later, version: 3.0.0}');
    expect(await project.failure()).toContain('does not work with 1.10.23');
  });

  it('says so when the hub knows no such package', async () => {
    await asks('{package: acme/nothing, version: 1.0.0}');
    expect(await project.failure()).toContain('the hub does not know this package');
  });
});

describe('when fetching fails', () => {
  it('leaves every package as it was', async () => {
    await asks(UTILS, '{package: acme/later, version: 1.0.0}');
    await project.install();
    await asks('{package: acme/utils, version: 1.9.0}', '{package: acme/tests, version: 0.1.0}');
    hub.fault = (path) => (path.endsWith('tests/0.1.0.tar.gz') ? 503 : undefined);
    expect(await project.failure()).toContain('HTTP 503');
    expect(await project.read('dbt_packages/utils/macros/a.sql')).toBe('ten');
    expect((await readdir(join(project.dir, 'dbt_packages'))).sort()).toEqual(['later', 'utils']);
    hub.fault = undefined;
    await project.install();
    expect(await project.read('dbt_packages/utils/macros/a.sql')).toBe('nine');
  });

  it('tries again what may pass, and no more than told', async () => {
    await asks(UTILS);
    let left = 2;
    hub.fault = () => (left-- > 0 ? 502 : undefined);
    await project.install({ download: { attempts: 3, pauseMs: 1 } });
    hub.fault = () => 500;
    hub.asked.length = 0;
    expect(await project.failure({ upgrade: true, download: { attempts: 3, pauseMs: 1 } })).toContain(
      'HTTP 500',
    );
    expect(hub.asked).toHaveLength(3);
    hub.fault = () => 403;
    hub.asked.length = 0;
    const retried = { attempts: 3, pauseMs: 1 };
    expect(await project.failure({ upgrade: true, download: retried })).toContain('HTTP 403');
    expect(hub.asked).toHaveLength(1);
  });

  it('stops when it is aborted', async () => {
    await asks(UTILS);
    hub.fault = () => 'hang';
    const signal = AbortSignal.timeout(100);
    await expect(project.install({ signal })).rejects.toThrow(/abort|timeout/i);
  });

  it('brings back a package that a crash caught between its two renames', async () => {
    await asks(UTILS);
    await project.install();
    const installed = join(project.dir, 'dbt_packages');
    const swap = join(installed, '.penstock-dead/swap-1');
    await mkdir(swap, { recursive: true });
    await rename(join(installed, 'utils'), join(swap, 'old-utils'));
    hub.fault = () => 503;
    expect(await project.failure()).toBe('installed');
    expect(await project.read('dbt_packages/utils/macros/a.sql')).toBe('ten');
  });
});
