import { Redis } from 'ioredis';
import type { TextTap } from './log-tap.ts';
import type { MarkForms } from './mark-forms.ts';

/** What a search of a Redis server came to. */
export interface RedisSearch {
  /** Keys that hold a mark, in their name or value. */
  readonly found: readonly string[];
  readonly keys: number;
}

type Reader = (redis: Redis, key: string) => Promise<unknown>;

const READERS: Readonly<Record<string, Reader>> = {
  string: (redis, key) => redis.get(key),
  list: (redis, key) => redis.lrange(key, 0, -1),
  set: (redis, key) => redis.smembers(key),
  zset: (redis, key) => redis.zrange(key, '0', '-1', 'WITHSCORES'),
  hash: (redis, key) => redis.hgetall(key),
  stream: (redis, key) => redis.xrange(key, '-', '+'),
};

/** Searches every key of a server, whoever wrote it. */
export async function searchRedis(url: string, forms: MarkForms): Promise<RedisSearch> {
  const redis = new Redis(url);
  const found: string[] = [];
  let keys = 0;
  try {
    for await (const batch of redis.scanStream({ count: 1_000 }) as AsyncIterable<string[]>) {
      for (const key of batch) {
        keys += 1;
        const value = await READERS[await redis.type(key)]?.(redis, key);
        if (forms.isIn(JSON.stringify([key, value]))) found.push(key);
      }
    }
  } finally {
    redis.disconnect();
  }
  return { found, keys };
}

/** Tells a tap of every command that reaches a Redis server, so also of jobs that are long gone. @returns what ends it. */
export async function tapRedis(url: string, tap: TextTap): Promise<() => void> {
  const redis = new Redis(url);
  const monitor = (await redis.monitor()) as Redis;
  redis.disconnect();
  monitor.on('monitor', (_time: string, args: readonly string[]) => tap.take(args.join(' ')));
  return () => monitor.disconnect();
}
