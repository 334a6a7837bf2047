import { fileURLToPath } from 'node:url';
import type { ShardApiOptions } from '#dev/shard-api/options.ts';
import { sourceEnvironment } from '#dev/shard-api/source-environment.ts';
import { type ShardApi, startShardApi } from '#dev/shard-api/start.ts';
import { startTestPlatform, type TestPlatform, type TestPlatformOptions } from './test-platform.ts';

/** A test's stores with simulated shards beside them. */
export interface ApiPlatform extends TestPlatform {
  readonly api: ShardApi;
}

const CONFIG = fileURLToPath(new URL('../fixtures/api.config.ts', import.meta.url));

/** Starts both; services read the shards by the fixture pipeline `api`. */
export async function startApiPlatform(
  shards: ShardApiOptions,
  options: TestPlatformOptions = {},
): Promise<ApiPlatform> {
  const api = await startShardApi(shards);
  try {
    const environment = {
      PENSTOCK_CONFIG: CONFIG,
      ...sourceEnvironment(api.shards),
      ...options.environment,
    };
    const platform = await startTestPlatform({ ...options, environment });
    return {
      ...platform,
      api,
      stop: async () => {
        await platform.stop();
        await api.stop();
      },
    };
  } catch (error) {
    await api.stop();
    throw error;
  }
}
