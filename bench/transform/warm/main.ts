import pg from 'pg';
import { buildLayers } from '#shared/models/build/build-layers.ts';
import { openProject } from '#shared/models/open-project.ts';
import { pipelineTarget } from '#shared/models/pipeline-target.ts';
import { openPostgresModelWarehouse } from '#shared/models/postgres/postgres-model-warehouse.ts';
import { openWarehouse } from '#shared/warehouse/open-warehouse.ts';
import { timed } from '../../figure.ts';
import { warmModels } from './warm-project.ts';

/*
 * One process that builds a project again and again, as a transformer does, and runs the same SQL by itself in between.
 *
 *     node bench/transform/warm/main.ts <folder> <models> <builds>      PENSTOCK_BENCH_URL: the database
 */
const [, , dir = '.', modelCount = '50', builds = '100'] = process.argv;
const url = process.env['PENSTOCK_BENCH_URL'] ?? '';
const models = Number(modelCount);
const staging = openWarehouse({ url, poolSize: 3 });
const warehouse = openPostgresModelWarehouse(staging);
const client = new pg.Client({ connectionString: url });
await client.connect();
const project = await openProject(dir, {
  target: pipelineTarget('warm', { database: 'bench', threads: 1 }),
});
const buildMs: number[] = [];
const sqlMs: number[] = [];
const residentMib: number[] = [];
for (let build = 1; build <= Number(builds); build += 1) {
  buildMs.push(await timed(() => buildOnce(build)));
  sqlMs.push(await timed(sqlAlone));
  residentMib.push(Math.round(process.memoryUsage.rss() / 2 ** 20));
}
await client.end();
await staging.close();
process.stdout.write(JSON.stringify({ buildMs, sqlMs, residentMib }));

async function buildOnce(build: number): Promise<void> {
  const { ok, models: results } = await buildLayers({
    project,
    warehouse,
    tag: { runId: `run${process.pid}x${build}`, attempt: 1 },
    asOf: '2026-01-01',
    layers: ['gold'],
    state: {},
    threads: 1,
  });
  const failed = results.find(({ status }) => status !== 'published');
  if (!ok || results.length !== models)
    throw new Error(`build ${build} of the bench failed: ${failed?.name} ${failed?.reason}`);
}

/** What a person would type to build the same: each statement by itself, as the build commits. */
async function sqlAlone(): Promise<void> {
  await client.query('drop schema if exists alone cascade; create schema alone');
  for (const { name, kind, select } of warmModels(models, (read) => `alone.${read}`))
    await client.query(`create ${kind} alone.${name} as ${select}`);
}
