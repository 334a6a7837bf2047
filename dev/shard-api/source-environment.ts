import type { ShardAddress } from './start.ts';

/** Variables that tell Penstock where the shards are, e.g. `PENSTOCK_SOURCE_FLEET_S1_URL`. */
export const sourceEnvironment = (
  shards: readonly ShardAddress[],
  connection = 'FLEET',
): Record<string, string> =>
  Object.fromEntries(
    shards.map(({ name, url }) => [`PENSTOCK_SOURCE_${connection}_${name.toUpperCase()}_URL`, url]),
  );
