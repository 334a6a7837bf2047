import type pg from 'pg';
import { type LedgerPoolOptions, openLedgerPool } from './ledger-pool.ts';
import type { Queryable } from './queryable.ts';
import { requireMatchingSchema } from './schema-version.ts';
import { TaskBatcher } from './task-batcher.ts';
import { runOnPool, runTransaction } from './transaction.ts';

export interface LedgerOptions extends LedgerPoolOptions {
  /** Coalesce concurrent claims and outcomes into one statement each, default true. Same semantics either way. */
  readonly batching?: boolean;
}

/** The ledger as every function of this folder takes it. */
export interface Ledger extends Queryable {
  readonly pool: pg.Pool;
  /** Undefined when opened with `batching: false`. */
  readonly batcher: TaskBatcher | undefined;
  /** Ends all connections; open statements finish first. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * Opens the ledger and checks that its schema is exactly the one this code was written for.
 *
 * @throws PenstockError LEDGER_SCHEMA_OLDER, LEDGER_SCHEMA_NEWER (both terminal), or of `postgresErrors`.
 */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  const pool = openLedgerPool(options);
  const rows: Queryable['rows'] = (text, values = [], name) => runOnPool(pool, text, values, name);
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= pool.end();
    return closing;
  };
  try {
    await requireMatchingSchema({ rows });
  } catch (error) {
    await close();
    throw error;
  }
  return { pool, rows, batcher: options.batching === false ? undefined : new TaskBatcher({ rows }), close };
}

/** See {@link runTransaction}: commits what `work` did, or rolls back when it throws. */
export function withTransaction<T>(ledger: Ledger, work: (tx: Queryable) => Promise<T>): Promise<T> {
  return runTransaction(ledger.pool, work);
}

/** Answers when the ledger can be reached; for readiness checks. */
export async function pingLedger(ledger: Queryable): Promise<void> {
  await ledger.rows('SELECT 1');
}
