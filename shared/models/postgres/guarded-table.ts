import { bounded, type RelationName } from '#shared/contracts/names.ts';
import { quoteRelation } from '#shared/warehouse/quote-identifier.ts';
import type { RelationBuild, Swap } from '../model-warehouse.ts';
import { type BuildTag, candidateOf, retiredOf } from '../publish/candidate-names.ts';
import { literal } from './literal.ts';
import type { Session } from './session.ts';

/**
 * A crash of the server empties an unlogged table at once, before anybody could notice. So the public name is a view of the
 * table that asks for the mark made with its rows: without it a query fails, instead of finding nothing.
 */
export const isGuarded = ({ kind, config }: Pick<Swap, 'kind' | 'config'>): boolean =>
  kind === 'table' && config?.unlogged === true;

/** The table behind the public name of an unlogged one. */
export const rowsOf = ({ schema, name }: RelationName): RelationName => ({
  schema,
  name: bounded(`${name}__unlogged`),
});

/** The build of the table behind. */
export function rowsBuild(build: RelationBuild): RelationBuild {
  const stable = rowsOf(build.stable);
  return { ...build, stable, candidate: candidateOf(stable, build.tag) };
}

/** @param rows filled and marked. */
export async function createGuard(session: Session, build: RelationBuild, rows: RelationName): Promise<void> {
  const { candidate, stable } = build;
  await session.query(
    `create view ${quoteRelation(candidate)} as select * from ${quoteRelation(rows)}
     where penstock.must_stand(${literal(quoteRelation(rows))}::regclass, ${literal(`${stable.schema}.${stable.name}`)})`,
  );
}

/** A swap as the server sees it; the table behind a guard has the rights of what was published under the public name. */
export interface PlacedSwap extends Swap {
  readonly standingOf: RelationName;
}

/** Of a guarded table the view and the table, each in its place. */
export function placedSwaps(swaps: readonly Swap[], tag: BuildTag): PlacedSwap[] {
  return swaps.flatMap((swap): PlacedSwap[] => {
    const { stable } = swap;
    if (!isGuarded(swap)) return [{ ...swap, standingOf: stable }];
    const rows = rowsOf(stable);
    return [
      { ...swap, kind: 'view', standingOf: stable },
      {
        ...swap,
        stable: rows,
        candidate: candidateOf(rows, tag),
        retired: retiredOf(rows, tag),
        standingOf: stable,
      },
    ];
  });
}

/** Candidates with the tables behind those that are guards. */
export async function withRows(
  session: Session,
  relations: readonly RelationName[],
): Promise<RelationName[]> {
  const found = await session.query<RelationName>(
    `select distinct n.nspname as schema, c.relname as name
     from unnest($1::text[], $2::text[]) as s(schema, name)
     join pg_class v on v.relname = s.name and v.relnamespace = to_regnamespace(quote_ident(s.schema)) and v.relkind = 'v'
     join pg_rewrite r on r.ev_class = v.oid
     join pg_depend d on d.objid = r.oid and d.classid = 'pg_rewrite'::regclass and d.refclassid = 'pg_class'::regclass
     join pg_class c on c.oid = d.refobjid and c.relkind in ('r', 'p') and c.relname ~ '__unlogged__[co]_'
     join pg_namespace n on n.oid = c.relnamespace`,
    [relations.map(({ schema }) => schema), relations.map(({ name }) => name)],
  );
  return [...relations, ...found.rows];
}
