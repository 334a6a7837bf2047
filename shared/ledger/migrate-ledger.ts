import { toLedgerError } from './ledger-error.ts';
import { openLedgerPool } from './ledger-pool.ts';
import { LEDGER_SCHEMA, MIGRATIONS_TABLE, migrationsDir, refuseNewerSchema } from './schema-version.ts';
import { runOnPool } from './transaction.ts';

/**
 * Brings the ledger's schema to what this code needs: all pending migrations in one transaction, under an advisory lock
 * on which concurrent starts wait. Forward only, and nothing to do the second time.
 *
 * @param url of a role that may create schemas in the database.
 * @returns the names applied now, in order.
 * @throws PenstockError LEDGER_SCHEMA_NEWER; or of `postgresErrors`.
 */
export async function migrateLedger(url: string): Promise<string[]> {
  const pool = openLedgerPool({ url, applicationName: 'penstock-migrate', poolSize: 1 });
  try {
    await refuseNewerSchema({ rows: (text, values = [], name) => runOnPool(pool, text, values, name) });
  } finally {
    await pool.end();
  }
  return applyMigrations(url);
}

async function applyMigrations(url: string): Promise<string[]> {
  // Loaded here, because services that only open the ledger should not pay for it at their start.
  const { runner } = await import('node-pg-migrate');
  try {
    const applied = await runner({
      databaseUrl: {
        connectionString: url,
        application_name: 'penstock-migrate',
        connectionTimeoutMillis: 10_000,
      },
      dir: migrationsDir,
      direction: 'up',
      migrationsTable: MIGRATIONS_TABLE,
      migrationsSchema: LEDGER_SCHEMA,
      createMigrationsSchema: true,
      singleTransaction: true,
      checkOrder: true,
      advisoryLockMode: 'wait',
      logger: { info: () => {}, warn: () => {}, error: () => {} },
    });
    return applied.map((migration) => migration.name);
  } catch (error) {
    throw toLedgerError(error);
  }
}
