import type { RelationName } from '#shared/contracts/names.ts';
import { quoteRelation } from '#shared/warehouse/quote-identifier.ts';
import type { Session } from './session.ts';

/** A session whose snapshot is older than the rows of a candidate: it would find the swapped table empty. */
export interface OlderSnapshot {
  readonly pid: number;
  /** Between two statements of one transaction, so its snapshot surely serves the next statement too. */
  readonly idle: boolean;
}

/**
 * Sessions of this database whose snapshot cannot see what the candidates were built with.
 *
 * A swap changes names at once for everybody, rows only for later snapshots. A REPEATABLE READ transaction that
 * began before the build would thus read the new table and see no row of it. Other sessions' snapshots show only to
 * `pg_read_all_stats`; without it this finds nothing.
 *
 * @param candidates before anything of them is changed in this transaction.
 */
export async function olderSnapshots(
  session: Session,
  candidates: readonly RelationName[],
): Promise<OlderSnapshot[]> {
  // Within a transaction the view is cached.
  await session.query('select pg_stat_clear_snapshot()');
  const found = await session.query<OlderSnapshot>(
    `select pid, state like 'idle in transaction%' as idle from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
       and age(backend_xmin) >= (
         select min(age(xmin)) from pg_class where relkind in ('r', 'p', 'm') and oid = any($1::text[]::regclass[]::oid[]))`,
    [candidates.map(quoteRelation)],
  );
  return found.rows;
}
