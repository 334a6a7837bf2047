import { Fleet } from './fleet/fleet.ts';
import { Sites } from './fleet/sites.ts';
import { type ResolvedOptions, resolveOptions, type ShardApiOptions } from './options.ts';
import { FaultSwitch } from './scenario/fault-switch.ts';
import { ScenarioControl } from './scenario/scenario-control.ts';
import { CallCounters } from './server/call-counters.ts';
import { Cursors } from './server/cursors.ts';
import { PageCache } from './server/page-cache.ts';
import { Shard, type ShardSettings } from './server/shard.ts';
import { ShardServer } from './server/shard-server.ts';
import { warmPages } from './server/warm-pages.ts';

/** Where a shard answers. */
export interface ShardAddress {
  /** `s1`. */
  readonly name: string;
  /** Base URL with the client's name and secret. */
  readonly url: string;
  readonly port: number;
}

/** Simulated shards that answer. */
export interface ShardApi {
  readonly shards: readonly ShardAddress[];
  /** Who has which devices: what a test compares with. */
  readonly fleet: Fleet;
  /** Switches faults on and off. */
  readonly scenario: ScenarioControl;
  readonly counters: CallCounters;
  /**
   * Renders every page of customers, hierarchies and states beforehand. Only with `preRendered`.
   *
   * @param limit entries a page; a client that asks for as many is served from memory.
   * @returns how many pages there are.
   */
  warm(limit: number): number;
  /** Ends all servers and cuts their connections; repeatable. */
  stop(): Promise<void>;
}

/**
 * Starts one HTTP server per shard on 127.0.0.1, all of one fleet that follows from the seed.
 *
 * @throws PenstockError SHARD_API_OPTIONS, SHARD_API_SCENARIO, SHARD_API_SCENARIO_MISSING; the server's error when a port is
 *   taken. Nothing is left running then.
 */
export async function startShardApi(options: ShardApiOptions = {}): Promise<ShardApi> {
  const resolved = resolveOptions(options);
  const settings = settingsOf(resolved);
  const { faults, counters, world } = settings;
  const servers = world.fleet.shards.map((name) => new ShardServer(new Shard(name, settings)));
  const apply = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.setDown(faults.downMode(server.shard.name))));
  };
  const scenario = new ScenarioControl(faults, world.fleet.shards, apply);
  const stop = async (): Promise<void> => {
    scenario.stop();
    await Promise.all(servers.map((server) => server.stop()));
  };
  try {
    const { firstPort } = resolved;
    for (const [index, server] of servers.entries())
      await server.start(firstPort === 0 ? 0 : firstPort + index);
    if (options.scenario !== undefined) await scenario.set(options.scenario);
  } catch (error) {
    await stop();
    throw error;
  }
  const shards = servers.map(({ shard, url, port }) => ({ name: shard.name, url, port }));
  const warm = (limit: number): number =>
    servers.reduce((pages, { shard }) => pages + warmPages(shard, limit), 0);
  return { shards, fleet: world.fleet, scenario, counters, warm, stop };
}

function settingsOf({
  fleet: asked,
  clock,
  rate,
  tokenTtlMs,
  fuzz,
  preRendered,
  tamper,
}: ResolvedOptions): ShardSettings {
  const now = (): number => performance.now();
  const fleet = new Fleet(asked);
  const cursors = new Cursors(`cursors of ${asked.seed}`);
  return {
    world: { fleet, sites: new Sites(fleet), cursors, clock },
    faults: new FaultSwitch(asked.seed, now),
    counters: new CallCounters(),
    cache: preRendered ? new PageCache() : null,
    fuzz,
    tamper: tamper ?? null,
    tokenTtlMs,
    rate,
    now,
  };
}
