import pg from 'pg';

/** How a warehouse is reached. Times are milliseconds. */
export interface WarehouseConfig {
  /** `postgresql://user:secret@host:port/database` */
  readonly url: string;
  /** Connections at most, default 8. One more is opened, briefly, to cancel a statement. */
  readonly poolSize?: number;
  /** Shown in `pg_stat_activity`, default `penstock`. */
  readonly applicationName?: string;
  /** Default 10,000. */
  readonly connectTimeoutMs?: number;
  /** More startup options, each `-c name=value`, over those every session has. */
  readonly sessionOptions?: string;
  /** True: time zone and styles are those of the server, database and role, as for any other client. */
  readonly keepsServerStyles?: boolean;
  /** Idle time before the first keep-alive probe; default the system's. */
  readonly keepAliveIdleMs?: number;
  /** Told of connections that broke while idle; the next use opens a new one. */
  readonly onIdleError?: (error: Error) => void;
}

/** Text in and out of the server means the same whatever its defaults are. */
const SESSION = '-c TimeZone=UTC -c DateStyle=ISO,YMD -c IntervalStyle=iso_8601 -c bytea_output=hex';

/** Opens the pool; connects on first use. A transaction whose process is gone ends after 15 idle minutes. */
export function openPool(config: WarehouseConfig): pg.Pool {
  const pool = new pg.Pool({
    connectionString: config.url,
    max: config.poolSize ?? 8,
    application_name: config.applicationName ?? 'penstock',
    connectionTimeoutMillis: config.connectTimeoutMs ?? 10_000,
    idleTimeoutMillis: 30_000,
    idle_in_transaction_session_timeout: 900_000,
    keepAlive: true,
    options: `${config.keepsServerStyles === true ? '' : SESSION} ${config.sessionOptions ?? ''}`.trim(),
    ...(config.keepAliveIdleMs === undefined ? {} : { keepAliveInitialDelayMillis: config.keepAliveIdleMs }),
  });
  pool.on('error', (error) => config.onIdleError?.(error));
  return pool;
}
