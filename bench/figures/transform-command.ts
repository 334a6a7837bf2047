import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { startPostgres } from '#dev/servers/postgres.ts';
import { type BenchOptions, type Figure, median, timed } from '../figure.ts';
import { profileFor } from '../peers/profile.ts';
import { tenModels, trivialViews, writeProject } from '../peers/projects.ts';

const run = promisify(execFile);
const CLI = fileURLToPath(new URL('../../cli/penstock.mjs', import.meta.url));
const THREADS = '4';

/** Whole commands, from start to exit, each on an empty schema and without what an earlier run left. */
export async function benchTransformCommand(options: BenchOptions): Promise<readonly Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'penstock-command-'));
  const server = await startPostgres();
  const take = async (project: string, verb: string): Promise<number[]> => {
    const dir = join(folder, project);
    const args = [CLI, 'transform', verb, '--project-dir', dir, '--profiles-dir', dir, '--threads', THREADS];
    const ms: number[] = [];
    for (let round = 0; round < options.rounds; round += 1) {
      await emptySchema(server.url);
      await rm(join(dir, 'target'), { recursive: true, force: true });
      ms.push(await timed(() => run(process.execPath, args, { cwd: dir, env: options.environment })));
    }
    options.say(`${verb} of ${project}: ${ms.map((value) => value.toFixed(0)).join(', ')} ms`);
    return ms;
  };
  try {
    const views = Math.ceil(200 * options.scale);
    const profile = { 'profiles.yml': profileFor(server.url) };
    await writeProject(join(folder, 'ten'), { ...tenModels, ...profile });
    await writeProject(join(folder, 'views'), { ...trivialViews(views), ...profile });
    return [
      figure('transform-build', 'build of 10 models, 3 seeds, 4 tests, command to exit', 900, [
        ...(await take('ten', 'build')),
      ]),
      figure('transform-views', `run of ${views} trivial views, 4 threads, command to exit`, 2_200, [
        ...(await take('views', 'run')),
      ]),
    ];
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function figure(name: string, what: string, bar: number, rounds: readonly number[]): Figure {
  return { name, what, value: median(rounds), unit: 'ms', direction: 'at most', bar, details: { rounds } };
}

async function emptySchema(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('drop schema if exists peers cascade');
  await client.end();
}
