import type { RelationName } from '#shared/contracts/names.ts';
import { insertApplied, readApplied } from '#shared/warehouse/postgres/applied.ts';
import type { PublishRequest, PublishResult, Swap } from '../model-warehouse.ts';
import { isLeftoverOf } from '../publish/candidate-names.ts';
import { isGuarded, placedSwaps, rowsOf } from './guarded-table.ts';
import { lockWork } from './lock-work.ts';
import type { Session } from './session.ts';
import { swapAll } from './swap.ts';

/**
 * Publishes all candidates of a run in the session's transaction, which must be committed at once.
 *
 * Publishers of one schema take turns by an advisory lock, so that two runs never wait for each other holding
 * locks that readers need. The marker is written before the swap: it costs readers nothing there.
 */
export async function publish(
  session: Session,
  request: PublishRequest,
  signal: AbortSignal | undefined,
): Promise<PublishResult> {
  const schemas = [...new Set(request.swaps.map(({ stable }) => stable.schema))].sort();
  for (const schema of schemas) await lockWork(session, 'publish', schema);
  // Another delivery may publish to other schemas, under other locks: it waits at the marker instead.
  const isFirst = await insertApplied(session, request.marker, request.outcome);
  if (!isFirst) {
    const outcome = (await readApplied(session, request.marker)) ?? {};
    return { alreadyDone: true, outcome, dependents: [], lockAttempts: 0 };
  }
  const { heldBack, tag, limits } = request;
  const swaps = placedSwaps(request.swaps, tag);
  const swapped = await swapAll(session, { swaps, heldBack, tag, limits, signal });
  return { alreadyDone: false, outcome: request.outcome, ...swapped };
}

/**
 * Retired relations of these models that nothing reads any more, candidates of other runs that failed, and the table behind what was
 * unlogged once.
 */
export async function droppable(session: Session, swaps: readonly Swap[]): Promise<RelationName[]> {
  const stables = swaps.map(({ stable }) => stable);
  const outlived = swaps.filter(hasOutlivedRows).map(({ stable }) => rowsOf(stable));
  const found = await session.query<RelationName>(
    `select n.nspname as schema, c.relname as name
     from pg_namespace n join pg_class c on c.relnamespace = n.oid and c.relkind in ('r', 'p', 'v', 'm')
     where n.nspname = any($1) and (c.relname ~ '_o_'
       or (c.relname ~ '_c_' and starts_with(coalesce(obj_description(c.oid, 'pg_class'), ''), $2))
       or (c.relname = any($3) and (c.relpersistence = 'u' or c.relkind = 'p')))`,
    [[...new Set(stables.map(({ schema }) => schema))], FAILED_NOTE, outlived.map(({ name }) => name)],
  );
  const isOutlived = (one: RelationName): boolean =>
    outlived.some(({ schema, name }) => schema === one.schema && name === one.name);
  // Long names are cut and hashed to make room, which only the rule for names can tell.
  const isLeftover = ({ schema, name }: RelationName): boolean =>
    [...stables, ...stables.map(rowsOf)].some((of) => of.schema === schema && isLeftoverOf(name, of.name));
  return found.rows.filter((one) => isOutlived(one) || isLeftover(one));
}

/** Of a pipeline's model that is not unlogged any more a table behind its guard may be left. */
const hasOutlivedRows = (swap: Swap): boolean => swap.config !== undefined && !isGuarded(swap);

/** How the comment of a kept failed candidate begins. */
export const FAILED_NOTE = 'penstock failed candidate: ';
