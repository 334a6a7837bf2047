import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type BenchOptions, type Figure, median } from '../figure.ts';
import { writeBigProject } from '../transform/big-project.ts';

const run = promisify(execFile);
const MAIN = fileURLToPath(new URL('../transform/parse/main.ts', import.meta.url));

/** Milliseconds of one round. */
interface Round {
  readonly cold: number;
  readonly again: number;
  readonly small: number;
}

/** Parsing a project whole, each time in a new process: what a command waits for before it does anything. */
export async function benchTransformParse(options: BenchOptions): Promise<readonly Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'penstock-parse-'));
  try {
    const [large, small] = [Math.ceil(1_000 * options.scale), Math.ceil(200 * options.scale)];
    await writeBigProject(join(folder, 'large'), large);
    await writeBigProject(join(folder, 'small'), small);
    const rounds: Round[] = [];
    for (let round = 0; round < options.rounds; round += 1) {
      await rm(join(folder, 'large/target'), { recursive: true, force: true });
      await rm(join(folder, 'small/target'), { recursive: true, force: true });
      const cold = await parse(join(folder, 'large'), options);
      const again = await parse(join(folder, 'large'), options);
      rounds.push({ cold, again, small: await parse(join(folder, 'small'), options) });
      options.say(`parse round ${round + 1}: ${JSON.stringify(rounds.at(-1))}`);
    }
    const figure = (name: string, what: string, bar: number, of: (round: Round) => number) => ({
      ...{ name, what, bar, unit: 'ms', direction: 'at most' as const },
      value: median(rounds.map(of)),
      details: { rounds },
    });
    return [
      figure('transform-parse', `parsing ${large} models, cold`, 1_500, ({ cold }) => cold),
      figure('transform-parse-again', 'the same with nothing changed', 300, ({ again }) => again),
      figure('transform-parse-small', `parsing ${small} models, cold`, 500, (round) => round.small),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function parse(dir: string, { environment }: BenchOptions): Promise<number> {
  const { stdout } = await run(process.execPath, [MAIN, dir], { env: environment });
  return (JSON.parse(stdout) as { ms: number }).ms;
}
