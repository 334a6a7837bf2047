import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startPostgres } from '#dev/servers/postgres.ts';
import { serviceNodeFlags } from '#dev/service-node-flags.ts';
import { type BenchOptions, type Figure, median } from '../figure.ts';
import { writeWarmProject } from '../transform/warm/warm-project.ts';

const run = promisify(execFile);
const MAIN = fileURLToPath(new URL('../transform/warm/main.ts', import.meta.url));
const BUILDS = 100;
/** After so many builds everything is compiled and every cache is full. */
const SETTLED = 20;

/** Builds whose median stands for one: a single reading says where between two collections it fell. */
const AROUND = 10;

interface Measured {
  readonly buildMs: readonly number[];
  readonly sqlMs: readonly number[];
  readonly residentMib: readonly number[];
}

/** In some processes the collector takes more room early, and gives none of it back: the median of the rounds counts. */
const growth = ({ residentMib }: Measured): number =>
  median(residentMib.slice(-AROUND)) / median(residentMib.slice(SETTLED - AROUND / 2, SETTLED + AROUND / 2));

/** A transformer's work on a project it has open: what a model costs beyond its SQL, and whether memory grows. */
export async function benchTransformWarm(options: BenchOptions): Promise<readonly Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'penstock-warm-'));
  const server = await startPostgres();
  try {
    const models = Math.max(4, Math.ceil(50 * options.scale));
    await writeWarmProject(folder, models);
    const command = [...serviceNodeFlags('transformer'), MAIN, folder, String(models), String(BUILDS)];
    const rounds: Measured[] = [];
    for (let round = 0; round < options.rounds; round += 1) {
      const { stdout } = await run(process.execPath, command, {
        env: { ...options.environment, PENSTOCK_BENCH_URL: server.url },
        maxBuffer: 1 << 24,
      });
      rounds.push(JSON.parse(stdout) as Measured);
    }
    const medianOf = (value: (one: Measured) => number): number => median(rounds.map(value));
    const build = medianOf(({ buildMs }) => median(buildMs.slice(SETTLED)));
    const sql = medianOf(({ sqlMs }) => median(sqlMs.slice(SETTLED)));
    options.say(`warm: a build takes ${build.toFixed(0)} ms, its SQL by itself ${sql.toFixed(0)} ms`);
    return [
      {
        ...{ name: 'transform-overhead', unit: 'ms a model', direction: 'at most', bar: 5 },
        what: `build of ${models} models, one thread, above their SQL by itself`,
        value: (build - sql) / models,
        details: { build, sql },
      },
      {
        ...{ name: 'transform-memory', unit: '× as much', direction: 'at most', bar: 1.1 },
        what: `resident after build ${BUILDS} against after build ${SETTLED}`,
        value: medianOf(growth),
        details: {
          residentMib: rounds.map(({ residentMib }) => residentMib.filter((_, at) => at % 10 === 9)),
        },
      },
    ];
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
