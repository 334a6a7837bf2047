import pg from 'pg';
import { SOURCE_SESSION_SETTINGS } from '#shared/parquet/source-projection.ts';
import { toSourceError } from './to-source-error.ts';

/** Our sessions are known by the role together with this prefix; nothing else may use it. */
export const APPLICATION_PREFIX = 'penstock-source:';

/**
 * What every session of the source has. Output settings make the text of a value the same whatever the server's,
 * database's or role's defaults are; `row_security = off` turns rows a policy would hide into an error.
 */
const SESSION_SETTINGS: Readonly<Record<string, string>> = {
  ...SOURCE_SESSION_SETTINGS,
  default_transaction_read_only: 'on',
  row_security: 'off',
  lock_timeout: '30s',
  idle_in_transaction_session_timeout: '15min',
};

export interface SessionOptions {
  readonly url: string;
  /** Shown behind the prefix in `pg_stat_activity`, e.g. the pipeline's name. */
  readonly name: string;
  /** At most so many connections, default 4. */
  readonly maxSessions?: number;
  /** For every statement but the COPY of a window, default 30 s. */
  readonly statementTimeoutMs?: number;
  readonly connectTimeoutMs?: number;
}

/** Opens the pool of read-only sessions; nothing connects before the first use. */
export function openSessions(options: SessionOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.url,
    application_name: `${APPLICATION_PREFIX}${options.name}`.slice(0, 63),
    max: options.maxSessions ?? 4,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 10_000,
    idleTimeoutMillis: 10_000,
    keepAlive: true,
    onConnect: (client) => {
      // A lost connection rejects the statement under way; without a listener it would end the process as well.
      client.on('error', () => {});
      return client.query(settingsOf(options));
    },
  });
  // A connection that breaks while idle is replaced at the next use; that use reports it if it persists.
  pool.on('error', () => {});
  return pool;
}

function settingsOf(options: SessionOptions): string {
  const timeout = `${options.statementTimeoutMs ?? 30_000}ms`;
  const settings = { ...SESSION_SETTINGS, statement_timeout: timeout };
  return Object.entries(settings)
    .map(([name, value]) => `SET ${name} = '${value}'`)
    .join('; ');
}

/** Runs `work` on a session of its own; one that failed is closed, not reused. */
export async function withSession<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await connect(pool);
  let failed = true;
  try {
    const result = await work(client);
    failed = false;
    return result;
  } catch (error) {
    throw toSourceError(error);
  } finally {
    client.release(failed);
  }
}

/** @throws SOURCE_UNREACHABLE */
export async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw toSourceError(error);
  }
}
