import { describe, inject } from 'vitest';
import { type RedisServer, startRedis } from '#dev/servers/redis.ts';

export type OwnRedis = RedisServer;

/** False on a machine without redis-server. */
export function redisAvailable(): boolean {
  return inject('redisUrl') !== '';
}

/** The run's shared Redis; isolate by a random prefix. */
export async function testRedis(): Promise<{ readonly url: string }> {
  const url = inject('redisUrl');
  if (url === '') throw new Error('no redis-server: wrap this suite in describeWithRedis');
  return { url };
}

/** Starts a Redis of the test's own. `{ appendonly: 'yes', appendfsync: 'always' }` makes it survive kill and restart. */
export function startOwnRedis(
  options: { readonly settings?: Readonly<Record<string, string>> } = {},
): Promise<OwnRedis> {
  return startRedis(options);
}

/**
 * A suite that needs Redis. Without redis-server it is skipped and named at the end of the run, by the mark
 * in its title.
 */
export function describeWithRedis(name: string, suite: () => void): void {
  describe.skipIf(!redisAvailable())(`${name} [needs redis-server]`, suite);
}
