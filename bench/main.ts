import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Bench, type BenchOptions, type Figure, figureLine, isMet } from './figure.ts';
import { benchBulk } from './figures/bulk.ts';
import { benchBareClone, benchDemo } from './figures/demo.ts';
import { benchFleetCpu } from './figures/fleet-cpu.ts';
import { benchFleetFairness } from './figures/fleet-fairness.ts';
import { benchFleetIncrement } from './figures/fleet-increment.ts';
import { benchFleetMemory } from './figures/fleet-memory.ts';
import { benchFleetShards } from './figures/fleet-shards.ts';
import { benchFleetSnapshot } from './figures/fleet-snapshot.ts';
import { benchLanding } from './figures/landing.ts';
import { benchLatency } from './figures/latency.ts';
import { benchMemory } from './figures/memory.ts';
import { benchTasksOnPostgres, benchTasksOnRedis } from './figures/tasks.ts';
import { benchTransformCommand } from './figures/transform-command.ts';
import { benchTransformParse } from './figures/transform-parse.ts';
import { benchTransformWarm } from './figures/transform-warm.ts';

/*
 * npm run bench -- [--only name,…] [--scale 0.1] [--rounds 3] [--save name]
 *
 * Takes the figures of bench/README.md one after the other, prints a line for each, and with --save keeps all that was
 * measured in bench/results/<date>-<name>.json. Ends with 1 when a figure misses its bar at full scale.
 */
const BENCHES: readonly Bench[] = [
  { names: ['extract', 'load', 'first-load'], run: benchBulk },
  { names: ['memory'], run: benchMemory },
  { names: ['tasks-redis'], run: benchTasksOnRedis },
  { names: ['tasks-postgres'], run: benchTasksOnPostgres },
  { names: ['latency'], run: benchLatency },
  { names: ['landing', 'landing-appender', 'landing-memory', 'landing-projection'], run: benchLanding },
  {
    names: ['transform-parse', 'transform-parse-again', 'transform-parse-small'],
    run: benchTransformParse,
  },
  { names: ['transform-build', 'transform-views'], run: benchTransformCommand },
  { names: ['transform-overhead', 'transform-memory'], run: benchTransformWarm },
  { names: ['fleet-increment', 'fleet-question'], run: benchFleetIncrement },
  { names: ['fleet-snapshot'], run: benchFleetSnapshot },
  { names: ['fleet-cpu'], run: benchFleetCpu },
  { names: ['fleet-memory'], run: benchFleetMemory },
  { names: ['fleet-shards'], run: benchFleetShards },
  { names: ['fleet-fairness', 'fleet-fairness-delay'], run: benchFleetFairness },
  { names: ['demo'], run: benchDemo },
  { names: ['demo-bare'], run: benchBareClone, onlyByName: true },
];

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    scale: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '3' },
    save: { type: 'string' },
  },
});
const options: BenchOptions = {
  scale: Number(values.scale),
  rounds: Number(values.rounds),
  say: (line) => process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`),
  environment: process.env,
};
const figures: (Figure & { load: number })[] = [];
let failed = false;
for (const bench of chosen(values.only)) {
  await take(bench);
  // After each, so that what was measured is kept whatever happens to the next.
  if (values.save !== undefined) await save(values.save);
}
if (failed || (options.scale === 1 && !figures.every(isMet))) process.exitCode = 1;

/** One bench that cannot be taken does not cost the others. */
async function take(bench: Bench): Promise<void> {
  try {
    for (const figure of await bench.run(options)) {
      figures.push({ ...figure, load: loadNow() });
      process.stdout.write(`${figureLine(figure)}\n`);
    }
  } catch (error) {
    failed = true;
    process.stdout.write(
      `FAILED  ${bench.names.join(', ')}: ${error instanceof Error ? error.message : error}\n`,
    );
  }
}

function chosen(only: string | undefined): readonly Bench[] {
  if (only === undefined) return BENCHES.filter((bench) => bench.onlyByName !== true);
  const wanted = only.split(',');
  const known = BENCHES.flatMap(({ names }) => names);
  const unknown = wanted.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`no figure ${unknown.join(', ')}; there are ${known.join(', ')}`);
  return BENCHES.filter(({ names }) => names.some((name) => wanted.includes(name)));
}

async function save(name: string): Promise<void> {
  const date = new Date().toISOString().slice(0, 10);
  const machine = {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
  };
  const folder = join(import.meta.dirname, 'results');
  await mkdir(folder, { recursive: true });
  const { scale, rounds } = options;
  const report = {
    date,
    machine,
    scale,
    rounds,
    figures: figures.map((one) => ({ ...one, ok: isMet(one) })),
  };
  await writeFile(join(folder, `${date}-${name}.json`), `${JSON.stringify(report, null, 2)}\n`);
}

/** What else the machine did: with more than its cores, absolute figures say little. */
function loadNow(): number {
  return Math.round((loadavg()[0] ?? 0) * 10) / 10;
}
