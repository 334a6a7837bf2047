import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { waitFor } from '#test/support/wait-for.ts';

const root = dirname(dirname(import.meta.dirname));
const isRoot = process.getuid?.() === 0;

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

let project = '';

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'penstock-clone-'));
  chmodSync(project, 0o700);
  for (const file of execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0')) {
    // A tracked file may be deleted in the working tree.
    if (file === '' || !existsSync(join(root, file))) continue;
    mkdirSync(dirname(join(project, file)), { recursive: true });
    cpSync(join(root, file), join(project, file), { verbatimSymlinks: true });
  }
});

afterAll(() => rmSync(project, { recursive: true, force: true }));

function start(script: string, body: string) {
  writeFileSync(join(project, script), body);
  const env = { ...process.env, npm_config_ignore_scripts: 'true', PENSTOCK_BOOTSTRAP_TIMING: '1' };
  const child = spawn(process.execPath, ['bootstrap/run.mjs', script], { cwd: project, env });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const ended = new Promise<Ended>((resolve) => child.on('close', (code) => resolve({ code, out, err })));
  return { child, ended, output: () => out };
}

/** Unpacks PostgreSQL into a fresh cache and runs it as the user that root's servers run as. */
const probe = `
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { postgresBinaries } from './dev/servers/postgres-binaries.ts';
import { serverUser } from './dev/servers/server-user.ts';
import { startPostgres } from './dev/servers/postgres.ts';

const cache = mkdtempSync(join(tmpdir(), 'penstock-cache-'));
chmodSync(cache, 0o755);
const { home } = await postgresBinaries(cache);
const user = serverUser();
const { stdout, stderr } = spawnSync(join(home, 'bin/postgres'), ['--version'], { ...user, cwd: '/', encoding: 'utf8' });
const server = await startPostgres();
console.log(JSON.stringify({ version: stdout.trim(), stderr, uid: user.uid ?? null, started: server.pid > 0 }));
await server.stop();
rmSync(cache, { recursive: true });
`;

describe('the bootstrap in a clone that only its owner may enter, with install scripts off', () => {
  test('two first starts at once install once, and PostgreSQL runs', async () => {
    expect(statSync(project).mode & 0o777).toBe(0o700);
    const both = await Promise.all([start('a.ts', probe).ended, start('b.ts', probe).ended]);
    for (const { code, out, err } of both) {
      expect(code, err).toBe(0);
      const seen = JSON.parse(out);
      expect(seen).toMatchObject({
        version: expect.stringContaining('PostgreSQL) 18'),
        stderr: '',
        started: true,
      });
      if (isRoot) expect(seen.uid).toBeGreaterThan(0);
    }
    const installs = both.filter(({ err }) => err.includes('Installing the dependencies.'));
    expect(installs).toHaveLength(1);
  });

  test('a later start adds under 300 ms', async () => {
    const timesMs: number[] = [];
    for (let i = 0; i < 5; i += 1) {
      const { err } = await start('nothing.ts', '').ended;
      timesMs.push(Number(/^bootstrap: (\d+) ms$/m.exec(err)?.[1]));
    }
    expect(Math.min(...timesMs)).toBeLessThan(300);
  });

  test('a Node too old gets the pinned one', async () => {
    const ask = `const { nodeBinary } = await import('./bootstrap/node-binary.mjs');
      console.log(await nodeBinary('.', console.error, 'v20.11.0'));`;
    const { out, err } = await start('old.mjs', ask).ended;
    const version = execFileSync(out.trim(), ['--version'], { encoding: 'utf8' });
    expect(version, err).toMatch(/^v2[46]\./);
    expect(out.trim()).toMatch(/penstock.node-[0-9a-f]+/);
  });

  test('the exit code is kept', async () => {
    expect((await start('seven.ts', 'process.exitCode = 7;').ended).code).toBe(7);
  });

  test('a signal is passed on', async () => {
    const run = start(
      'wait.ts',
      `process.on('SIGTERM', () => process.exit(9)); setInterval(() => {}, 1000); console.log('up');`,
    );
    await waitFor(() => run.output().includes('up'), { what: 'the target to start' });
    run.child.kill('SIGTERM');
    expect((await run.ended).code).toBe(9);
  });

  test('a changed lockfile is noticed', async () => {
    const lock = join(project, 'package-lock.json');
    const text = execFileSync('cat', [lock], { encoding: 'utf8' });
    writeFileSync(lock, text.replace('"version": "0.1.0"', '"version": "0.1.1"'));
    const { code, err } = await start('nothing.ts', '').ended;
    // What is installed still agrees, so only the stamp is renewed.
    expect({ code, installed: err.includes('Installing') }).toEqual({ code: 0, installed: false });
    rmSync(join(project, 'node_modules/.penstock-stamp'));
    expect((await start('nothing.ts', '').ended).code).toBe(0);
    expect(existsSync(join(project, 'node_modules/.penstock-stamp'))).toBe(true);
  });
});
