import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type BenchOptions, type Figure, median, timed } from '../figure.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const DEMO = ['bootstrap/run.mjs', 'cli/penstock.mjs', 'demo', '--once', '--json'];
const TIMEOUT_MS = 600_000;

/** One demo by the command a person would type, preparation included. */
export async function benchDemo(options: BenchOptions): Promise<readonly Figure[]> {
  const rounds = [];
  for (let round = 0; round < options.rounds; round += 1) rounds.push(await demo(ROOT, options));
  return [
    {
      name: 'demo',
      what: 'from the command to the first gold table, warm caches',
      value: median(rounds.map(({ firstGoldMs }) => firstGoldMs)) / 1_000,
      unit: 's',
      direction: 'at most',
      bar: 25,
      details: { rounds },
    },
  ];
}

/** The same from a fresh clone with empty caches: it downloads everything the platform needs. */
export async function benchBareClone(options: BenchOptions): Promise<readonly Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'penstock-bare-'));
  try {
    const clone = join(folder, 'penstock');
    const cloneMs = await timed(() => run('git', ['clone', '--quiet', ROOT, clone]));
    const variables = {
      ...options.environment,
      XDG_CACHE_HOME: join(folder, 'cache'),
      npm_config_cache: join(folder, 'npm'),
    };
    const { firstGoldMs, ...rest } = await demo(clone, { ...options, environment: variables });
    return [
      {
        name: 'demo-bare',
        what: 'from git clone to the first gold table, empty caches',
        value: (cloneMs + firstGoldMs) / 1_000,
        unit: 's',
        direction: 'at most',
        bar: 240,
        details: { cloneMs, firstGoldMs, ...rest },
      },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function demo(cwd: string, { environment, say }: BenchOptions) {
  let stdout = '';
  const commandMs = await timed(async () => {
    ({ stdout } = await run('node', DEMO, {
      cwd,
      env: environment,
      timeout: TIMEOUT_MS,
      maxBuffer: 1 << 24,
    }));
  });
  const report = JSON.parse(stdout) as { firstGoldMs: number; totalMs: number; agrees: boolean };
  if (!report.agrees) throw new Error('the demo ended with layers that do not agree');
  // The report counts from the start of its own process; what came before belongs to the figure.
  const before = Math.max(0, commandMs - report.totalMs);
  const measured = {
    firstGoldMs: report.firstGoldMs + before,
    demoFirstGoldMs: report.firstGoldMs,
    commandMs,
  };
  say(`demo: ${JSON.stringify(measured)}`);
  return measured;
}
