import type { SourceDeclaration } from './declaration.ts';

/** Names under which configuration has the URLs of a source: one, or one for each shard (`FLEET_S1`). */
export function connectionsOf(source: SourceDeclaration): string[] {
  if (source.kind !== 'http') return [source.connection];
  return source.shards.map((shard) => shardConnection(source.connection, shard));
}

/** `FLEET` and `s1` are read from `PENSTOCK_SOURCE_FLEET_S1_URL`. */
export const shardConnection = (connection: string, shard: string): string =>
  `${connection}_${shard.toUpperCase()}`;
