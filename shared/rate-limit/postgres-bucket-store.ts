import { readFileSync } from 'node:fs';
import pg from 'pg';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { toPostgresError } from '#shared/errors/postgres-error.ts';
import type { BucketStore, PointsAsked, PointsTaken } from './bucket-store.ts';
import { rateErrors } from './errors.ts';

const statement = readFileSync(new URL('take-points.sql', import.meta.url), 'utf8');

const STATEMENT_TIMEOUT_MS = 2_000;

/** Buckets in PostgreSQL: one row each in `ops.rate_buckets`. */
export class PostgresBucketStore implements BucketStore {
  readonly #pool: pg.Pool;
  #closed: Promise<void> | undefined;

  /**
   * @param url `postgres://` or `postgresql://`, of the server that holds `ops.rate_buckets`.
   * @param onError background errors of idle connections.
   */
  constructor(url: string, onError: (error: unknown) => void) {
    this.#pool = new pg.Pool({
      connectionString: url,
      application_name: 'penstock-rate',
      max: 2,
      connectionTimeoutMillis: 5_000,
      idleTimeoutMillis: 30_000,
      keepAlive: true,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      query_timeout: STATEMENT_TIMEOUT_MS + 1_000,
      // What a crash of the server undoes is a few points; waiting for the disk at every call would cost more.
      options: '-c synchronous_commit=off',
    });
    this.#pool.on('error', onError);
  }

  async take(key: string, { intervalMicros, burst, wanted }: PointsAsked): Promise<PointsTaken> {
    try {
      const values = [key, intervalMicros, burst, wanted];
      const { rows } = await this.#pool.query<{ granted: number; wait_micros: number }>({
        name: 'take-points',
        text: statement,
        values,
      });
      const [row] = rows;
      return { granted: row?.granted ?? 0, waitMs: (row?.wait_micros ?? 0) / 1000 };
    } catch (error) {
      throw toRateError(error);
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#pool.end();
    return this.#closed;
  }
}

function toRateError(error: unknown): PenstockError {
  const cause = toPostgresError(error);
  const definition = cause.retry === 'terminal' ? rateErrors.storeRefused : rateErrors.storeUnreachable;
  return new PenstockError(definition, { ...cause.facts, code: cause.code }, { cause });
}
