import { type BenchOptions, type Figure, percentile } from '../figure.ts';
import { makeBenchPlatform } from '../platform/bench-platform.ts';
import { type QueueKind, startBenchServers } from '../platform/bench-servers.ts';
import { makePayments, paymentsAt } from '../platform/payments-table.ts';
import { type BenchServices, startServices } from '../platform/services.ts';

const RUNS = 120;
const WARM_UP_RUNS = 10;
const TIMEOUT_MS = 30_000;

/** From a run being asked for to its first extract being claimed, workers idle, on either queue. */
export async function benchLatency(options: BenchOptions): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const queue of ['redis', 'postgres'] as const) {
    const waits = await waitsOn(queue, Math.max(20, Math.round(RUNS * options.scale)));
    const details = { runs: waits.length, maxMs: Math.max(...waits) };
    const common = { unit: 'ms', direction: 'at most', details } as const;
    const what = `run requested → first extract begins, ${queue} queue`;
    figures.push(
      { ...common, name: `latency-${queue}-p50`, what, value: percentile(waits, 0.5), bar: 50 },
      { ...common, name: `latency-${queue}-p99`, what, value: percentile(waits, 0.99), bar: 250 },
    );
  }
  return figures;
}

async function waitsOn(queue: QueueKind, runs: number): Promise<number[]> {
  const servers = await startBenchServers(queue);
  try {
    const sourceUrl = await makePayments(servers, 'source', 1);
    const platform = await makeBenchPlatform(servers, paymentsAt(sourceUrl));
    const services = await startServices(platform, ['scheduler', 'extractor', 'loader', 'transformer']);
    try {
      for (let run = 0; run < WARM_UP_RUNS; run += 1) await waitOf(services);
      const waits: number[] = [];
      while (waits.length < runs) waits.push(await waitOf(services));
      return waits;
    } finally {
      await services.stop();
    }
  } finally {
    await servers.stop();
  }
}

/** One run, waited for to its end so that the next finds idle workers. */
async function waitOf({ ask, closed, ended }: BenchServices): Promise<number> {
  const { runId, requestedAt } = await ask();
  await closed(runId, TIMEOUT_MS);
  const { startedAt } = await ended(runId, 'extract', 0);
  return Date.parse(startedAt ?? '') - Date.parse(requestedAt);
}
