import type { ShardApiOptions } from '#dev/shard-api/options.ts';
import type { ScenarioInput } from '#dev/shard-api/scenario/scenario.ts';
import { startBenchChild } from '../platform/bench-child.ts';
import { cpuSeconds } from '../platform/process-figures.ts';

const MAIN = new URL('shards/main.ts', import.meta.url);

export interface FleetCustomer {
  readonly id: string;
  readonly shard: string;
  readonly devices: number;
}

/** What the simulator says when it is up. */
interface Started {
  readonly environment: Readonly<Record<string, string>>;
  readonly urls: Readonly<Record<string, string>>;
  readonly customers: readonly FleetCustomer[];
}

/** Simulated shards in a process of their own. */
export interface FleetShards extends Started {
  cpuSeconds(): Promise<number>;
  /** Replaces all faults. */
  scenario(scenario: ScenarioInput): Promise<void>;
  stop(): Promise<void>;
}

/** Shards whose pages are rendered once and served from memory afterwards, and whose devices all stay. */
export async function startFleetShards(options: ShardApiOptions): Promise<FleetShards> {
  const full = { preRendered: true, removedShare: 0, ...options };
  const { child, started } = await startBenchChild(MAIN, [JSON.stringify(full)]);
  return {
    ...(started as Started),
    cpuSeconds: () => cpuSeconds(child.pid),
    scenario: async (scenario) => void (await child.ask(scenario)),
    stop: () => child.stop(),
  };
}
