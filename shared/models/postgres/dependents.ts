import type { RelationName } from '#shared/contracts/names.ts';
import { sqlstateOf } from '#shared/errors/postgres-error.ts';
import { quoteRelation } from '#shared/warehouse/quote-identifier.ts';
import type { DependentOutcome } from '../model-warehouse.ts';
import type { Session } from './session.ts';

/** A view or materialized view that reads a relation about to be swapped. */
export interface Dependent {
  readonly relation: RelationName;
  /** What it reads. */
  readonly of: RelationName;
  readonly materialized: boolean;
  /** Its query with every name qualified. */
  readonly definition: string;
  /** Options such as `security_barrier=true`; CREATE OR REPLACE would reset them. */
  readonly options: readonly string[];
}

interface DependentRow {
  readonly schema: string;
  readonly name: string;
  readonly of_schema: string;
  readonly of_name: string;
  readonly relkind: string;
  readonly definition: string;
  readonly options: string[] | null;
}

/**
 * Views that read any of `relations`, except those among `relations` themselves. Views on such views need nothing:
 * CREATE OR REPLACE keeps a view's identity.
 *
 * The session's search_path must be empty, or the definitions would not name schemas.
 */
export async function dependentsOf(
  session: Session,
  relations: readonly RelationName[],
): Promise<Dependent[]> {
  const found = await session.query<DependentRow>(
    `with swapped as (
       select c.oid, n.nspname, c.relname from unnest($1::text[], $2::text[]) as s(schema, name)
       join pg_namespace n on n.nspname = s.schema join pg_class c on c.relnamespace = n.oid and c.relname = s.name)
     select distinct on (v.oid) vn.nspname as schema, v.relname as name, s.nspname as of_schema, s.relname as of_name,
       v.relkind, pg_get_viewdef(v.oid) as definition, v.reloptions as options
     from swapped s
     join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = s.oid and d.classid = 'pg_rewrite'::regclass
     join pg_rewrite r on r.oid = d.objid
     join pg_class v on v.oid = r.ev_class and v.relkind in ('v', 'm')
     join pg_namespace vn on vn.oid = v.relnamespace
     where v.oid not in (select oid from swapped)
     order by v.oid, s.nspname, s.relname`,
    [relations.map(({ schema }) => schema), relations.map(({ name }) => name)],
  );
  return found.rows
    .map((row) => ({
      relation: { schema: row.schema, name: row.name },
      of: { schema: row.of_schema, name: row.of_name },
      materialized: row.relkind === 'm',
      definition: row.definition,
      options: row.options ?? [],
    }))
    .sort((a, b) => (quoteRelation(a.relation) < quoteRelation(b.relation) ? -1 : 1));
}

/**
 * Points a dependent at the relation that now has the name it reads, inside a savepoint: a view that does not fit the
 * new columns stays on the retired relation, and says so.
 */
export async function repoint(
  session: Session,
  dependent: Dependent,
  heldBack: boolean,
): Promise<DependentOutcome> {
  const { relation, of } = dependent;
  if (heldBack)
    return { relation, of, outcome: 'left', reason: 'its own tests failed, so it keeps what it read' };
  if (dependent.materialized) {
    return {
      relation,
      of,
      outcome: 'left',
      reason: 'a materialized view cannot be re-pointed; create it anew',
    };
  }
  const options = dependent.options.length > 0 ? ` with (${dependent.options.join(', ')})` : '';
  await session.query('savepoint penstock_view');
  try {
    await session.query(
      `create or replace view ${quoteRelation(relation)}${options} as ${dependent.definition}`,
    );
    await session.query('release savepoint penstock_view');
    return { relation, of, outcome: 'repointed', reason: '' };
  } catch (error) {
    if (isLockConflict(error)) throw error;
    await session.query('rollback to savepoint penstock_view');
    return { relation, of, outcome: 'left', reason: 'its columns do not fit the new relation' };
  }
}

/** A lock that could not be had in time, or a deadlock: the whole swap gives way and tries again. */
export function isLockConflict(error: unknown): boolean {
  const state = sqlstateOf(error);
  return state === '55P03' || state === '40P01';
}
