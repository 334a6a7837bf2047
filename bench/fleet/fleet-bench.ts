import { fileURLToPath } from 'node:url';
import type { ShardApiOptions } from '#dev/shard-api/options.ts';
import { Releasers } from '#shared/lifecycle/releasers.ts';
import { type BenchPlatform, makeBenchPlatform } from '../platform/bench-platform.ts';
import { type BenchServers, startBenchServers } from '../platform/bench-servers.ts';
import { type ServiceProcess, startReadyService } from '../platform/service-process.ts';
import { type BenchServices, type ServiceName, startServices } from '../platform/services.ts';
import { type FleetShards, startFleetShards } from './fleet-shards.ts';

/** Simulated shards, and servers for any number of platforms that read them one after the other. */
export interface FleetBench {
  readonly shards: FleetShards;
  readonly servers: BenchServers;
  stop(): Promise<void>;
}

/** The services of one platform, a process each, and what to ask and look with. */
export interface FleetServices extends BenchServices {
  readonly processes: ReadonlyMap<ServiceName, ServiceProcess>;
}

export interface FleetPlatformOptions {
  readonly services: readonly ServiceName[];
  readonly schedule: string;
  /** Default all of the fleet. */
  readonly config?: URL;
  /** Of child processes. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const CONFIG = new URL('fleet.config.ts', import.meta.url);
const STOP_MS = 60_000;
const POLL_MS = 50;

/** Starts both. Redis carries the queue, as where it is deployed. */
export async function startFleetBench(options: ShardApiOptions): Promise<FleetBench> {
  const shards = await startFleetShards(options);
  try {
    const servers = await startBenchServers('redis');
    const stop = async (): Promise<void> => {
      await servers.stop();
      await shards.stop();
    };
    return { shards, servers, stop };
  } catch (error) {
    await shards.stop();
    throw error;
  }
}

/** Runs `work` on empty stores with services of their own; all of it is gone afterwards. */
export async function withFleetServices<T>(
  { servers, shards }: FleetBench,
  options: FleetPlatformOptions,
  work: (services: FleetServices) => Promise<T>,
): Promise<T> {
  const releasers = new Releasers();
  try {
    const platform = await makeBenchPlatform(servers, shards.environment, {
      PENSTOCK_CONFIG: fileURLToPath(options.config ?? CONFIG),
    });
    releasers.add('platform', () => platform.drop());
    const processes = await startProcesses(platform, options, releasers);
    const asked = { pipeline: 'fleet', schedule: options.schedule, pollMs: POLL_MS };
    const services = await startServices(platform, [], asked);
    releasers.add('connections', () => services.stop());
    return await work({ ...services, processes });
  } finally {
    await releasers.releaseAll(STOP_MS);
  }
}

async function startProcesses(
  platform: BenchPlatform,
  { services, environment }: FleetPlatformOptions,
  releasers: Releasers,
): Promise<ReadonlyMap<ServiceName, ServiceProcess>> {
  const variables = { PATH: environment['PATH'], ...platform.environment };
  const processes = new Map<ServiceName, ServiceProcess>();
  for (const name of services) {
    const started = await startReadyService(name, variables);
    processes.set(name, started);
    releasers.add(name, () => started.stop());
  }
  return processes;
}

/** The process of one service. */
export function pidOf({ processes }: FleetServices, name: ServiceName): number {
  const pid = processes.get(name)?.pid;
  if (pid === undefined) throw new Error(`no ${name} was started`);
  return pid;
}
