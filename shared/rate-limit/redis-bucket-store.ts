import { readFileSync } from 'node:fs';
import { Redis, ReplyError } from 'ioredis';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import type { BucketStore, PointsAsked, PointsTaken } from './bucket-store.ts';
import { rateErrors } from './errors.ts';

const script = readFileSync(new URL('take-points.lua', import.meta.url), 'utf8');

const MAX_RECONNECT_PAUSE_MS = 1_000;
const COMMAND_TIMEOUT_MS = 2_000;

/** Replies by which a server says that it will answer later. */
const PASSING = /^(LOADING|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY|READONLY)\b/;

/** With the script as a command, which the client sends by its hash. */
interface BucketClient extends Redis {
  takePoints(
    key: string,
    intervalMicros: number,
    burst: number,
    wanted: number,
  ): Promise<[granted: number, waitMicros: number]>;
}

/** Buckets in Redis: one key each, gone by itself once the bucket is full. */
export class RedisBucketStore implements BucketStore {
  readonly #client: BucketClient;
  readonly #prefix: string;

  /**
   * @param url `redis://` or `rediss://`.
   * @param prefix of the keys: `<prefix>:rate:<key>`.
   * @param onError background errors of the connection.
   */
  constructor(url: string, prefix: string, onError: (error: unknown) => void) {
    this.#prefix = prefix;
    this.#client = new Redis(url, {
      scripts: { takePoints: { lua: script, numberOfKeys: 1 } },
      connectTimeout: 5_000,
      keepAlive: 10_000,
      commandTimeout: COMMAND_TIMEOUT_MS,
      maxRetriesPerRequest: 1,
      // One client, so commands sent before it is connected wait for it; the time-out above bounds the wait.
      enableOfflineQueue: true,
      retryStrategy: (times) =>
        Math.round(
          Math.min(MAX_RECONNECT_PAUSE_MS, 50 * 2 ** Math.min(times, 10)) * (0.5 + Math.random() / 2),
        ),
    }) as BucketClient;
    this.#client.on('error', onError);
  }

  async take(key: string, { intervalMicros, burst, wanted }: PointsAsked): Promise<PointsTaken> {
    try {
      const name = `${this.#prefix}:rate:${key}`;
      const [granted, waitMicros] = await this.#client.takePoints(name, intervalMicros, burst, wanted);
      return { granted, waitMs: waitMicros / 1000 };
    } catch (error) {
      throw toRateError(error);
    }
  }

  async close(): Promise<void> {
    this.#client.disconnect();
  }
}

/** Replies quote keys and arguments, so only their first word is kept. */
function toRateError(error: unknown): PenstockError {
  if (error instanceof ReplyError && error instanceof Error && !PASSING.test(error.message)) {
    const said = /^[A-Z]{2,20}\b/.exec(error.message)?.[0] ?? 'ERR';
    return new PenstockError(rateErrors.storeRefused, { said });
  }
  return new PenstockError(rateErrors.storeUnreachable);
}
