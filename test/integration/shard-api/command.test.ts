import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ShardClient } from '#test/support/shard-client.ts';
import { waitFor } from '#test/support/wait-for.ts';

const MAIN = fileURLToPath(new URL('../../../dev/shard-api/main.ts', import.meta.url));
const SMALL = ['--devices', '40', '--customers', '4', '--shards', '2', '--seed', '7'];

interface Command {
  readonly child: ChildProcess;
  out(): string;
  err(): string;
  readonly ended: Promise<number | null>;
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shard-api-'));
});
afterEach(() => rm(folder, { recursive: true }));

function start(args: readonly string[]): Command {
  const env = { PATH: process.env['PATH'], NODE_NO_WARNINGS: '1' };
  const child = spawn(process.execPath, [MAIN, ...args], { env, stdio: 'pipe' });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { child, out: () => out, err: () => err, ended };
}

/** Waits until both shards are announced. @returns the URL of s1. */
async function upUrl({ out, err, child }: Command): Promise<string> {
  const isUp = () => out().includes('_S2_URL=') || child.exitCode !== null;
  await waitFor(isUp, { what: 'the shards to be announced', timeoutMs: 30_000 });
  const url = /^PENSTOCK_SOURCE_FLEET_S1_URL=(.+)$/m.exec(out())?.[1];
  if (url === undefined) throw new Error(`no URL: ${out()}${err()}`);
  return url;
}

test('it announces its shards, reads its scenario again on SIGHUP, and tells on SIGTERM what was called', async () => {
  const scenario = join(folder, 'own.json');
  await writeFile(scenario, '{"faults":[]}');
  const command = start([...SMALL, '--scenario', scenario, '--pre-rendered', '--warm', '10']);
  const client = new ShardClient(await upUrl(command));
  try {
    expect(command.err()).toMatch(/^\d+ pages are rendered\n$/);
    expect((await client.get('/v1/customers')).status).toBe(200);
    await writeFile(scenario, '{"faults":[{"kind":"server-error"}]}');
    command.child.kill('SIGHUP');
    await waitFor(() => command.err().includes('read again'), { what: 'the scenario to be read again' });
    expect((await client.get('/v1/customers')).status).toBe(500);
    await writeFile(scenario, '{"faults":[{}]}');
    command.child.kill('SIGHUP');
    await waitFor(() => command.err().includes('SHARD_API_SCENARIO'), { what: 'the scenario to be refused' });
    expect((await client.get('/v1/customers')).status).toBe(500);
  } finally {
    await client.close();
    command.child.kill('SIGTERM');
  }
  expect(await command.ended).toBe(0);
  const counted = command
    .out()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(counted).toContainEqual(expect.objectContaining({ endpoint: 'customers', status: 500, calls: 2 }));
});

test('it ends with whoever started it when it is told to', async () => {
  const command = start([...SMALL, '--until-stdin-ends']);
  await upUrl(command);
  command.child.stdin?.end();
  expect(await command.ended).toBe(0);
});

test('it says what is wrong: flags with 2, options and scenarios with 1', async () => {
  const help = start(['--help']);
  expect(await help.ended).toBe(0);
  expect(help.out()).toContain('--scenario');
  for (const [args, code, said] of [
    [['--devises', '1'], 2, '--devises'],
    [['--customers', '1'], 1, 'SHARD_API_OPTIONS'],
    [['--scenario', 'clam'], 1, 'SHARD_API_SCENARIO_MISSING'],
  ] as const) {
    const command = start(args);
    expect(await command.ended, args.join(' ')).toBe(code);
    expect(command.err()).toContain(said);
    expect(command.out()).toBe('');
  }
});
