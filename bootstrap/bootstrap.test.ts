import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isInstalled } from './dependencies.mjs';
import { withLock } from './lock.mjs';
import { isNewEnough, nodeBinary } from './node-binary.mjs';
import { platformProblem } from './platform.mjs';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'penstock-bootstrap-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['linux', 'x64', true, true],
  ['linux', 'arm64', true, true],
  ['darwin', 'arm64', false, true],
  ['linux', 'x64', false, false],
  ['linux', 'riscv64', true, false],
  ['win32', 'x64', false, false],
] as const)('%s %s, glibc %s: supported %s', (platform, arch, glibc, supported) => {
  const problem = platformProblem(platform, arch, glibc);
  if (supported) expect(problem).toBeUndefined();
  else expect(problem).toMatch(/^Penstock runs on .+; this machine is .+\.$/);
});

test.each([
  ['v20.20.2', false],
  ['v22.23.0', false],
  ['v24.17.9', false],
  ['v24.18.0', true],
  ['v24.21.0', true],
  ['v25.1.0', false],
  ['v26.10.0', true],
  ['v27.0.0', false],
])('Node %s is new enough: %s', (version, expected) => {
  expect(isNewEnough(version)).toBe(expected);
});

test('a Node that is new enough is used as it is', async () => {
  expect(await nodeBinary(folder, () => undefined)).toBe(process.execPath);
});

test('the pins of Node are new enough', () => {
  const pins = JSON.parse(readFileSync(join(import.meta.dirname, 'node/package.json'), 'utf8'));
  for (const version of Object.values<string>(pins.optionalDependencies))
    expect(isNewEnough(version)).toBe(true);
});

test('a lock lets one in at a time, and that of a dead process is taken over', async () => {
  const file = join(folder, 'lock');
  // Above any real pid.
  writeFileSync(file, '99999999');
  let inside = 0;
  let most = 0;
  const work = async () => {
    inside += 1;
    most = Math.max(most, inside);
    await Promise.resolve();
    inside -= 1;
  };
  await Promise.all([withLock(file, work), withLock(file, work), withLock(file, work)]);
  expect({ inside, most }).toEqual({ inside: 0, most: 1 });
});

describe('what is installed', () => {
  const here = { os: [process.platform], cpu: [process.arch] };
  const wanted = {
    '': {},
    'node_modules/a': { version: '1.0.0', integrity: 'x' },
    'node_modules/far': { version: '1.0.0', integrity: 'y', optional: true, os: ['aix'], cpu: ['ppc64'] },
    'node_modules/near': { version: '1.0.0', integrity: 'z', optional: true, ...here },
  };
  const { 'node_modules/a': a, 'node_modules/near': near } = wanted;

  test.each([
    ['everything for this platform', { 'node_modules/a': a, 'node_modules/near': near }, true],
    ['a package missing', { 'node_modules/near': near }, false],
    ['the binary of this platform missing', { 'node_modules/a': a }, false],
    ['another version', { 'node_modules/a': { ...a, version: '1.0.1' }, 'node_modules/near': near }, false],
    ['one too many', { 'node_modules/a': a, 'node_modules/near': near, 'node_modules/b': a }, false],
  ])('%s', (_what, packages, expected) => {
    mkdirSync(join(folder, 'node_modules'));
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages: wanted }));
    writeFileSync(join(folder, 'node_modules/.package-lock.json'), JSON.stringify({ packages }));
    expect(isInstalled(folder)).toBe(expected);
  });
});
