import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import pg from 'pg';
import { startPostgres } from '#dev/servers/postgres.ts';
import { median } from '../figure.ts';
import { writeBigProject } from '../transform/big-project.ts';
import { profileFor } from './profile.ts';
import { tenModels, trivialViews, writeProject } from './projects.ts';

/*
 * The original beside ours, from command to exit, on one PostgreSQL: see README.md here. Not part of any test: it needs Python.
 */

const run = promisify(execFile);
const CLI = fileURLToPath(new URL('../../cli/penstock.mjs', import.meta.url));

interface Case {
  readonly name: string;
  readonly project: string;
  readonly command: readonly string[];
}

const CASES: readonly Case[] = [
  { name: 'build of 10 models, 3 seeds, 4 tests', project: 'ten', command: ['build'] },
  { name: 'run of 200 trivial views, 4 threads', project: 'views', command: ['run'] },
  { name: 'parse of 200 models, cold', project: 'big', command: ['parse'] },
];

const { values } = parseArgs({
  options: {
    original: { type: 'string', default: '/tmp/oracle/bin/dbt' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string', default: '' },
  },
});

const folder = await mkdtemp(join(tmpdir(), 'penstock-peers-'));
const server = await startPostgres();
try {
  await writeProject(join(folder, 'ten'), tenModels);
  await writeProject(join(folder, 'views'), trivialViews(200));
  await writeBigProject(join(folder, 'big'), 200);
  const profile = profileFor(server.url);
  for (const project of ['ten', 'views', 'big'])
    await writeProject(join(folder, project), {
      'profiles.yml': profile,
      'dbt_project.yml': await projectWithProfile(project),
    });
  for (const one of CASES.filter(({ name }) => name.includes(values.only))) {
    const ours = await times(() => once(process.execPath, [CLI, 'transform'], one));
    const original = await times(() => once(values.original, [], one));
    process.stdout.write(`${one.name}: ours ${ours} s, the original ${original} s\n`);
  }
} finally {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}

/** The big project names a profile of its own. */
async function projectWithProfile(project: string): Promise<string> {
  const text = await readFile(join(folder, project, 'dbt_project.yml'), 'utf8');
  return text.replace(/^profile: .*$/m, 'profile: peers');
}

async function times(work: () => Promise<number>): Promise<string> {
  const seconds: number[] = [];
  for (let round = 0; round < Number(values.rounds); round += 1) seconds.push(await work());
  return `${median(seconds).toFixed(2)} (${seconds.map((value) => value.toFixed(2)).join(', ')})`;
}

/** Seconds from command to exit, on a database and a target folder as on the first day. */
async function once(file: string, first: readonly string[], { project, command }: Case): Promise<number> {
  await emptyDatabase();
  const dir = join(folder, project);
  await rm(join(dir, 'target'), { recursive: true, force: true });
  const args = [...first, ...command, '--project-dir', dir, '--profiles-dir', dir, '--threads', '4'];
  const started = performance.now();
  await run(file, args, {
    cwd: dir,
    env: { ...process.env, DBT_SEND_ANONYMOUS_USAGE_STATS: 'false', PENSTOCK_WAREHOUSE_URL: server.url },
  });
  return (performance.now() - started) / 1_000;
}

async function emptyDatabase(): Promise<void> {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  await client.query('drop schema if exists peers, public cascade; create schema public');
  await client.end();
}
