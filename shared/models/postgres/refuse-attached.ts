import { PenstockError } from '#shared/errors/penstock-error.ts';
import { quoteRelation } from '#shared/warehouse/quote-identifier.ts';
import { modelErrors } from '../errors.ts';
import type { Swap } from '../model-warehouse.ts';
import type { Session } from './session.ts';

/**
 * Refuses a swap that would silently drop what is attached to a published table by its identity: foreign keys
 * from other tables, triggers, row security policies, membership in a publication. Also what was not built here: a foreign
 * table under the model's name, or a materialized view where none is ever made.
 *
 * @throws PenstockError `PUBLISH_REFUSED`, naming the first thing found.
 */
export async function refuseAttached(session: Session, swaps: readonly Swap[]): Promise<void> {
  const found = await session.query<{ schema: string; name: string; what: string }>(
    `with it as (
       select c.oid, n.nspname::text as schema, c.relname::text as name, c.relkind, s.materialized
       from unnest($1::text[], $2::text[], $3::boolean[]) as s(schema, name, materialized)
       join pg_namespace n on n.nspname = s.schema join pg_class c on c.relnamespace = n.oid and c.relname = s.name)
     select it.schema, it.name, 'foreign key ' || conname as what
       from pg_constraint join it on confrelid = it.oid where conrelid <> it.oid and conparentid = 0
     union all select schema, name, 'relkind ' || relkind::text from it where relkind not in ('r', 'p', 'v') and not (materialized and relkind = 'm')
     union all select schema, name, 'trigger ' || tgname from pg_trigger join it on tgrelid = it.oid where not tgisinternal
     union all select schema, name, 'policy ' || polname from pg_policy join it on polrelid = it.oid
     union all select schema, name, 'publication ' || p.pubname
       from pg_publication_rel r join pg_publication p on p.oid = r.prpubid join it on r.prrelid = it.oid
     order by 1, 2, 3 limit 1`,
    [
      swaps.map(({ stable }) => stable.schema),
      swaps.map(({ stable }) => stable.name),
      swaps.map(({ config }) => config === undefined),
    ],
  );
  const [attached] = found.rows;
  if (attached === undefined) return;
  const { what, ...relation } = attached;
  throw new PenstockError(modelErrors.publishRefused, { relation: quoteRelation(relation), attached: what });
}
