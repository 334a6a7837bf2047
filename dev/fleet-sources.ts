import type { Releasers } from '#shared/lifecycle/releasers.ts';
import { createBatteryReader, createBatterySchema, fillBatteries } from './battery/fill.ts';
import { putEvaluations } from './evaluations/put-evaluations.ts';
import { startVersitygw } from './servers/versitygw.ts';
import { findVersitygw } from './servers/versitygw-binary.ts';
import type { ShardApiOptions } from './shard-api/options.ts';
import { sourceEnvironment } from './shard-api/source-environment.ts';
import { type ShardApi, startShardApi } from './shard-api/start.ts';

/** What the fleet pipeline reads from on a laptop. */
export interface FleetSources {
  readonly shardApi: ShardApi;
  /** Owner's connection to the battery database; the pipeline itself reads as `penstock_reader`. */
  readonly batteryOwnerUrl: string;
  /** Bucket with the results of battery evaluations; undefined on a machine without versitygw. */
  readonly evaluationsUrl: string | undefined;
  /** Variables as `parseSettings` reads them. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Starts the simulated shards, fills a database with the batteries of their devices as they are now, and a bucket with their
 * evaluations of this day.
 *
 * @param batteryOwnerUrl owner's connection to a database that is there.
 * @throws the errors of `startShardApi`, and the database's.
 */
export async function startFleetSources(
  batteryOwnerUrl: string,
  options: ShardApiOptions,
  releasers: Releasers,
): Promise<FleetSources> {
  const shardApi = await startShardApi(options);
  releasers.add('shards', () => shardApi.stop());
  await createBatterySchema(batteryOwnerUrl);
  const readerUrl = await createBatteryReader(batteryOwnerUrl);
  const nowMs = (options.clock ?? Date.now)();
  await fillBatteries(batteryOwnerUrl, shardApi.fleet, nowMs);
  const evaluationsUrl = await startEvaluations(shardApi, nowMs, releasers);
  const environment = {
    ...sourceEnvironment(shardApi.shards),
    PENSTOCK_SOURCE_BATTERY_URL: readerUrl,
    ...(evaluationsUrl === undefined ? {} : { PENSTOCK_SOURCE_EVALUATIONS_URL: evaluationsUrl }),
  };
  return { shardApi, batteryOwnerUrl, evaluationsUrl, environment };
}

async function startEvaluations(
  { fleet }: ShardApi,
  nowMs: number,
  releasers: Releasers,
): Promise<string | undefined> {
  if (findVersitygw() === undefined) return undefined;
  const s3 = await startVersitygw();
  releasers.add('bucket', () => s3.stop());
  await putEvaluations(s3.url, fleet, nowMs);
  return s3.url;
}
