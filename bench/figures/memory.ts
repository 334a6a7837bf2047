import type { BenchOptions, Figure } from '../figure.ts';
import { type BenchPlatform, makeBenchPlatform } from '../platform/bench-platform.ts';
import { type BenchServers, startBenchServers } from '../platform/bench-servers.ts';
import { makePayments, paymentsAt } from '../platform/payments-table.ts';
import { peakMib } from '../platform/process-figures.ts';
import { startServiceProcess } from '../platform/service-process.ts';
import { startServices } from '../platform/services.ts';

const SMALL = 500_000;
const LARGE = 5_000_000;
const TIMEOUT_MS = 900_000;

/** Most memory ever resident, in MiB. */
interface Peaks {
  readonly extractor: number;
  readonly loader: number;
}

/** Peak memory of extractor and loader, each a process of its own, at ten times the rows. */
export async function benchMemory(options: BenchOptions): Promise<readonly Figure[]> {
  const servers = await startBenchServers('redis');
  try {
    const small = await peaksAt(servers, options, SMALL);
    const large = await peaksAt(servers, options, LARGE);
    const details = { rows: [SMALL, LARGE].map((rows) => rows * options.scale), small, large };
    return (['extractor', 'loader'] as const).map((service) => ({
      name: `memory-${service}`,
      what: `peak memory of the ${service} at 5M rows against 500k`,
      value: large[service] / small[service],
      unit: '× as much',
      direction: 'at most',
      bar: 1.2,
      details,
    }));
  } finally {
    await servers.stop();
  }
}

async function peaksAt(servers: BenchServers, options: BenchOptions, atFullScale: number): Promise<Peaks> {
  const rows = Math.max(1_000, Math.round(atFullScale * options.scale));
  options.say(`memory: making ${rows} rows`);
  const sourceUrl = await makePayments(servers, `source_${rows}`, rows);
  const platform = await makeBenchPlatform(servers, paymentsAt(sourceUrl));
  try {
    const peaks = await peaksOfRun(platform, options);
    options.say(`memory at ${rows} rows: ${JSON.stringify(peaks)}`);
    return peaks;
  } finally {
    await platform.drop();
  }
}

async function peaksOfRun(platform: BenchPlatform, { environment }: BenchOptions): Promise<Peaks> {
  const variables = { PATH: environment['PATH'], ...platform.environment };
  const extractor = startServiceProcess('extractor', variables);
  const loader = startServiceProcess('loader', variables);
  try {
    const services = await startServices(platform, ['scheduler']);
    try {
      const { runId } = await services.ask();
      await services.ended(runId, 'load', TIMEOUT_MS);
      return { extractor: await peakMib(extractor.pid), loader: await peakMib(loader.pid) };
    } finally {
      await services.stop();
    }
  } finally {
    await Promise.all([extractor.stop(), loader.stop()]);
  }
}
