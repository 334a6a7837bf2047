import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Redis, ReplyError } from 'ioredis';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import type { BucketStore, PointsAsked, PointsTaken } from './bucket-store.ts';
import { rateErrors } from './errors.ts';

const script = readFileSync(new URL('take-points.lua', import.meta.url), 'utf8');
const scriptHash = createHash('sha1').update(script).digest('hex');

const MAX_RECONNECT_PAUSE_MS = 1_000;
const COMMAND_TIMEOUT_MS = 2_000;

/** Replies by which a server says that it will answer later. */
const PASSING = /^(LOADING|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY|READONLY)\b/;

/** Buckets in Redis: one key each, gone by itself once the bucket is full. */
export class RedisBucketStore implements BucketStore {
  readonly #client: Redis;
  readonly #prefix: string;

  /**
   * @param url `redis://` or `rediss://`.
   * @param prefix of the keys: `<prefix>:rate:<key>`.
   * @param onError background errors of the connection.
   */
  constructor(url: string, prefix: string, onError: (error: unknown) => void) {
    this.#prefix = prefix;
    this.#client = new Redis(url, {
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
    });
    this.#client.on('error', onError);
  }

  async take(key: string, { intervalMicros, burst, wanted }: PointsAsked): Promise<PointsTaken> {
    try {
      const name = `${this.#prefix}:rate:${key}`;
      const reply = await this.#run(name, intervalMicros, burst, wanted);
      const [granted, waitMicros] = reply as [number, number];
      return { granted, waitMs: waitMicros / 1000 };
    } catch (error) {
      throw toRateError(error);
    }
  }

  /** By the script's hash, which the server knows after the first time, until it restarts. */
  async #run(name: string, ...values: readonly number[]): Promise<unknown> {
    try {
      return await this.#client.evalsha(scriptHash, 1, name, ...values);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return this.#client.eval(script, 1, name, ...values);
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
