import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildVersitygw, findVersitygw } from './versitygw-binary.ts';

let folder = '';
let cache = '';
const said: string[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'penstock-go-'));
  cache = join(folder, 'cache');
  mkdirSync(join(folder, 'bin'));
  said.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Builds with a `go` that does as told, beside what a shell needs. */
function buildWith(script: string | undefined): Promise<string | undefined> {
  if (script !== undefined) {
    writeFileSync(join(folder, 'bin/go'), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, 'bin/go'), 0o755);
  }
  const searchPath = [join(folder, 'bin'), '/usr/bin', '/bin'].join(delimiter);
  const path = script === undefined ? join(folder, 'bin') : searchPath;
  return buildVersitygw(path, (line) => said.push(line), cache);
}

/** Writes what it was asked, slowly, and a server where Go would. */
const working = `
echo "$CGO_ENABLED $*" >> "$(dirname "$0")/calls"
sleep 0.2
mkdir -p "$GOBIN" "$GOMODCACHE/some" "$GOCACHE"
echo binary > "$GOBIN/versitygw"`;

const left = (): string[] => readdirSync(join(cache, 'versitygw')).filter((name) => name.includes('part'));

test('it is built once, however many ask at once, and nothing else is kept', async () => {
  const binaries = await Promise.all([buildWith(working), buildWith(working), buildWith(working)]);
  const binary = findVersitygw(cache);
  expect(binaries).toEqual([binary, binary, binary]);
  expect(readFileSync(binary ?? '', 'utf8')).toBe('binary\n');
  expect(await buildWith('exit 1')).toBe(binary);
  const calls = readFileSync(join(folder, 'bin/calls'), 'utf8');
  expect(calls).toBe('0 install github.com/versity/versitygw/cmd/versitygw@v1.8.0\n');
  expect(left()).toEqual([]);
  expect(said.filter((line) => line.startsWith('Building'))).toHaveLength(1);
});

test('without Go there is none, and nothing is said', async () => {
  expect(await buildWith(undefined)).toBeUndefined();
  expect(said).toEqual([]);
});

test('a build that fails is told with the last words of Go, leaves nothing, and is tried again', async () => {
  const failing = 'echo "proxy.golang.org: no such host" >&2; mkdir -p "$GOMODCACHE"; exit 1';
  await expect(buildWith(failing)).rejects.toMatchObject({
    code: 'DEV_SERVER_COMMAND_FAILED',
    facts: { output: 'proxy.golang.org: no such host' },
  });
  expect(left()).toEqual([]);
  mkdirSync(join(cache, 'versitygw/v1.8.0-killed.1.part'), { recursive: true });
  expect(await buildWith(working)).toBe(findVersitygw(cache));
});
