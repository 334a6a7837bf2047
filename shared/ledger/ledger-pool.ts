import pg from 'pg';

/** How a ledger connects. Times are in milliseconds. */
export interface LedgerPoolOptions {
  readonly url: string;
  /** Shows in `pg_stat_activity`, e.g. `penstock-loader`. */
  readonly applicationName: string;
  /** Connections at most, default 8. */
  readonly poolSize?: number;
  /** Default 30 s. Every statement of the ledger is short; a longer one is stuck. */
  readonly statementTimeoutMs?: number;
  /** Default 5 s. */
  readonly connectTimeoutMs?: number;
  /** Told of connections that broke while idle; the next statement opens a new one. */
  readonly onIdleError?: (error: Error) => void;
}

const DATE_OID = 1082;
const TIMESTAMPTZ_OID = 1184;
const TIMESTAMPTZ_ARRAY_OID = 1185;

type TypeId = Parameters<typeof pg.types.getTypeParser>[0];

/** The types of node-postgres list only scalars. */
const TEXT_ARRAY_OID: number = 1009;

const textArrayParser: (text: string) => string[] = pg.types.getTypeParser(TEXT_ARRAY_OID as TypeId, 'text');

/** ISO text with milliseconds; the session's time zone is UTC, so PostgreSQL prints `2024-01-31 10:00:00.5+00`. */
function isoInstant(text: string): string {
  return new Date(`${text.replace(' ', 'T')}:00`).toISOString();
}

/** Dates stay text: a JavaScript Date would turn one into local midnight. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (oid === DATE_OID) return (text: string) => text;
    if (oid === TIMESTAMPTZ_OID) return isoInstant;
    if (oid === TIMESTAMPTZ_ARRAY_OID) return (text: string) => textArrayParser(text).map(isoInstant);
    return pg.types.getTypeParser(oid, format ?? 'text');
  }) as typeof pg.types.getTypeParser,
};

/** Opens the pool; connects on first use. */
export function openLedgerPool(options: LedgerPoolOptions): pg.Pool {
  const statementTimeoutMs = options.statementTimeoutMs ?? 30_000;
  const pool = new pg.Pool({
    connectionString: options.url,
    application_name: options.applicationName,
    max: options.poolSize ?? 8,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 5_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    statement_timeout: statementTimeoutMs,
    lock_timeout: Math.ceil(statementTimeoutMs / 2),
    idle_in_transaction_session_timeout: statementTimeoutMs,
    // A server that is frozen rather than down answers nothing at all: only the client can give up.
    query_timeout: statementTimeoutMs + 5_000,
    options: '-c TimeZone=UTC -c DateStyle=ISO -c jit=off',
    types,
  });
  pool.on('error', (error) => options.onIdleError?.(error));
  return pool;
}
