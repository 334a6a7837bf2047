import { type FleetSources, startFleetSources } from '#dev/fleet-sources.ts';
import type { ShardApiOptions } from '#dev/shard-api/options.ts';
import { Releasers } from '#shared/lifecycle/releasers.ts';
import { testDatabase } from './postgres.ts';
import { s3Available, testS3 } from './s3.ts';
import { startTestPlatform, type TestPlatform, type TestPlatformOptions } from './test-platform.ts';

/** A test's stores with all sources of the fleet pipeline beside them. */
export interface FleetPlatform extends TestPlatform {
  readonly fleet: FleetSources;
  /** Bucket that evaluations are read from; undefined on a machine without versitygw. */
  readonly evaluationsUrl: string | undefined;
}

const STOP_MS = 10_000;

/** Starts simulated shards, the battery database, a bucket and the stores; services read them by the fleet pipeline as it ships. */
export async function startFleetPlatform(
  shards: ShardApiOptions,
  options: TestPlatformOptions = {},
): Promise<FleetPlatform> {
  const releasers = new Releasers();
  const stop = async (): Promise<void> => void (await releasers.releaseAll(STOP_MS));
  try {
    const battery = await testDatabase();
    releasers.add('battery database', () => battery.drop());
    const fleet = await startFleetSources(battery.url, shards, releasers);
    const evaluationsUrl = s3Available() ? testS3() : undefined;
    const environment = {
      PENSTOCK_CONFIG: 'penstock.config.ts',
      ...fleet.environment,
      ...(evaluationsUrl === undefined ? {} : { PENSTOCK_SOURCE_EVALUATIONS_URL: evaluationsUrl }),
      ...options.environment,
    };
    const platform = await startTestPlatform({ ...options, environment });
    releasers.add('stores', () => platform.stop());
    return { ...platform, fleet, evaluationsUrl, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
