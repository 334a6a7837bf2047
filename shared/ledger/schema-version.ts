import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { ledgerErrors } from './errors.ts';
import type { Queryable } from './queryable.ts';

export const MIGRATIONS_TABLE = 'schema_migrations';
export const LEDGER_SCHEMA = 'ops';

/** Folder of the `.sql` migrations; lies beside this file in the source and in the compiled package. */
export const migrationsDir: string = fileURLToPath(new URL('./migrations', import.meta.url));

/** Names of the migrations this code was written for, in order. */
export function knownMigrations(): string[] {
  return readdirSync(migrationsDir)
    .filter((name) => name.endsWith('.sql'))
    .map((name) => name.slice(0, -'.sql'.length))
    .sort();
}

/** Names of the migrations the database has had, in order; none where it has no ledger. */
export async function appliedMigrations(db: Queryable): Promise<string[]> {
  const [there] = await db.rows<{ found: boolean }>('SELECT to_regclass($1) IS NOT NULL AS found', [
    `${LEDGER_SCHEMA}.${MIGRATIONS_TABLE}`,
  ]);
  if (there?.found !== true) return [];
  const applied = await db.rows<{ name: string }>('SELECT name FROM ops.schema_migrations ORDER BY name');
  return applied.map((row) => row.name);
}

/**
 * @throws PenstockError LEDGER_SCHEMA_NEWER when the database has had a migration this code does not know.
 */
export async function refuseNewerSchema(db: Queryable): Promise<string[]> {
  const applied = await appliedMigrations(db);
  const known = knownMigrations();
  const foreign = applied.filter((name) => !known.includes(name));
  if (foreign.length > 0) throw schemaError('schemaNewer', applied, known);
  return applied;
}

/**
 * @throws PenstockError LEDGER_SCHEMA_OLDER or LEDGER_SCHEMA_NEWER unless database and code agree exactly.
 */
export async function requireMatchingSchema(db: Queryable): Promise<void> {
  const applied = await refuseNewerSchema(db);
  const known = knownMigrations();
  if (known.some((name) => !applied.includes(name))) throw schemaError('schemaOlder', applied, known);
}

function schemaError(
  which: 'schemaOlder' | 'schemaNewer',
  applied: string[],
  known: string[],
): PenstockError {
  return new PenstockError(ledgerErrors[which], {
    ledger: applied.at(-1) ?? 'none',
    service: known.at(-1) ?? 'none',
  });
}
