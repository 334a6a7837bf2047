import type pg from 'pg';
import type { RelationName } from '#shared/contracts/names.ts';
import { sqlstateOf } from '#shared/errors/postgres-error.ts';
import { quoteRelation } from '#shared/warehouse/quote-identifier.ts';
import { droppedAs, dropRelation } from './build-relation.ts';
import { type Session, withTransaction } from './session.ts';

const LOCK_LIMIT = `set local lock_timeout = '100ms'`;

/**
 * Drops tables and views that nothing else reads: all at once where that works, else each in a transaction of its own, again
 * and again while that makes progress, since one may read another. What others read, or use right now, stays for the next time.
 */
export async function dropEach(pool: pg.Pool, relations: readonly RelationName[]): Promise<void> {
  if (relations.length === 0 || (await dropTogether(pool, relations))) return;
  let left = relations;
  for (;;) {
    const stayed: RelationName[] = [];
    for (const relation of left) if (!(await dropUnread(pool, relation))) stayed.push(relation);
    if (stayed.length === 0 || stayed.length === left.length) return;
    left = stayed;
  }
}

/** False, and nothing is dropped, when one of them is busy or read from outside. */
function dropTogether(pool: pg.Pool, relations: readonly RelationName[]): Promise<boolean> {
  return unlessBusy(pool, async (session) => {
    const found = await session.query<{ schema: string; name: string; relkind: string }>(
      `select s.schema, s.name, c.relkind from unnest($1::text[], $2::text[]) as s(schema, name)
       join pg_namespace n on n.nspname = s.schema join pg_class c on c.relnamespace = n.oid and c.relname = s.name`,
      [relations.map(({ schema }) => schema), relations.map(({ name }) => name)],
    );
    // What may read others goes first.
    const drops = ['view', 'materialized view', 'table'].flatMap((kind) => {
      const names = found.rows.filter(({ relkind }) => droppedAs(relkind) === kind).map(quoteRelation);
      return names.length === 0 ? [] : [`drop ${kind} if exists ${names.join(', ')}`];
    });
    await session.script([LOCK_LIMIT, ...drops]);
    return true;
  });
}

function dropUnread(pool: pg.Pool, relation: RelationName): Promise<boolean> {
  return unlessBusy(pool, async (session) => {
    await session.script([LOCK_LIMIT]);
    if (await isRead(session, relation)) return false;
    await dropRelation(session, relation);
    return true;
  });
}

/** SQLSTATEs of what is busy, deadlocked, read by another, dropped by another run. */
const NOT_NOW = ['55P03', '40P01', '2BP01', '42P01'];

async function unlessBusy(pool: pg.Pool, work: (session: Session) => Promise<boolean>): Promise<boolean> {
  try {
    return await withTransaction(pool, undefined, work);
  } catch (error) {
    if (NOT_NOW.includes(sqlstateOf(error) ?? '')) return false;
    throw error;
  }
}

/** True when a view reads it: it stays for its reader's sake. */
async function isRead(session: Session, relation: RelationName): Promise<boolean> {
  const used = await session.query(
    `select from pg_depend d join pg_rewrite r on r.oid = d.objid and d.classid = 'pg_rewrite'::regclass
     where d.refclassid = 'pg_class'::regclass and d.refobjid = to_regclass($1) and r.ev_class <> d.refobjid limit 1`,
    [quoteRelation(relation)],
  );
  return used.rowCount !== 0;
}
