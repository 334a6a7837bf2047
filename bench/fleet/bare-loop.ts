import fleet from '../../pipelines/fleet/pipeline.ts';
import { startBenchChild } from '../platform/bench-child.ts';
import { cpuSeconds } from '../platform/process-figures.ts';
import type { BareAnswer, BareWork, PagedList } from './bare/bare-work.ts';
import type { FleetShards } from './fleet-shards.ts';

const MAIN = new URL('bare/main.ts', import.meta.url);

/** What a loop that only fetches and parses needed. */
export interface BareRound extends BareAnswer {
  readonly cpuSeconds: number;
  readonly seconds: number;
}

/** A process that only fetches and parses the pages of snapshot streams, and has done so before: once, as an extractor has. */
export interface BareLoop {
  round(): Promise<BareRound>;
  stop(): Promise<void>;
}

export async function startBareLoop(shards: FleetShards, streams: readonly string[]): Promise<BareLoop> {
  const { child } = await startBenchChild(MAIN, []);
  const round = async (): Promise<BareRound> => {
    const before = await cpuSeconds(child.pid);
    const begun = performance.now();
    const answer = (await child.ask(workOf(shards, streams))) as BareAnswer;
    const seconds = (performance.now() - begun) / 1_000;
    return { ...answer, seconds, cpuSeconds: (await cpuSeconds(child.pid)) - before };
  };
  try {
    // Not counted: it fills the shards' cache too, from where they serve bytes.
    await round();
    return { round, stop: () => child.stop() };
  } catch (error) {
    await child.stop();
    throw error;
  }
}

/** Fetches every page once, so that the shards serve bytes from their cache from then on. */
export async function fillShardsCache(shards: FleetShards, streams: readonly string[]): Promise<void> {
  const loop = await startBareLoop(shards, streams);
  await loop.stop();
}

/** The very pages that the fleet's declaration asks for. */
function workOf({ urls }: FleetShards, streams: readonly string[]): BareWork {
  const { api } = fleet.sources;
  if (api?.kind !== 'http') throw new Error('the fleet reads an API');
  const lists = streams.map((name) => {
    const stream = fleet.streams[name];
    if (stream?.kind !== 'snapshot') throw new Error(`${name} is no snapshot`);
    return pagedList(stream.endpoint);
  });
  return { urls, customers: pagedList(api.slices.endpoint), lists, lanes: api.limits.concurrency };
}

const pagedList = (endpoint: {
  readonly path: string;
  readonly page: { readonly limit: number } | null;
}): PagedList => ({ path: endpoint.path, limit: endpoint.page?.limit ?? 100 });
