import { bounded, type RelationName } from '#shared/contracts/names.ts';
import { quoteIdent, quoteRelation } from '#shared/warehouse/quote-identifier.ts';
import type { DependentOutcome, PublishLimits } from '../model-warehouse.ts';
import { type BuildTag, candidatePart, retiredPart } from '../publish/candidate-names.ts';
import { indexesOf } from './build-relation.ts';
import { copyStanding } from './copy-standing.ts';
import { type Dependent, dependentsOf, repoint } from './dependents.ts';
import type { PlacedSwap } from './guarded-table.ts';
import { refuseAttached } from './refuse-attached.ts';
import type { Session } from './session.ts';
import { awaitOlderSnapshots, lockLimit, swapPatiently } from './swap-patience.ts';

export interface SwapRequest {
  readonly swaps: readonly PlacedSwap[];
  readonly heldBack: readonly RelationName[];
  readonly tag: BuildTag;
  readonly limits: PublishLimits;
  readonly signal: AbortSignal | undefined;
}

export interface SwapResult {
  readonly dependents: readonly DependentOutcome[];
  readonly lockAttempts: number;
}

/**
 * Replaces published relations by candidates, all at once, inside the session's transaction, which must be
 * committed at once afterwards: readers wait from here on.
 *
 * @throws PenstockError `PUBLISH_LOCKED` after `giveUpAfterMs`; `PUBLISH_REFUSED`.
 */
export async function swapAll(session: Session, request: SwapRequest): Promise<SwapResult> {
  const swaps = [...request.swaps].sort(byName);
  // Definitions read with an empty search_path name every schema; it also keeps look-alikes out of what follows.
  await session.query(`select set_config('search_path', '', true)`);
  const { limits, signal } = request;
  const patient = {
    candidates: swaps.map(({ candidate }) => candidate),
    stables: swaps.map(({ stable }) => stable),
    limits,
    signal,
  };
  const giveUpAt = Date.now() + limits.giveUpAfterMs;
  await awaitOlderSnapshots(session, patient, giveUpAt);
  await refuseAttached(session, swaps);
  await copyStanding(
    session,
    swaps.map((swap) => ({ ...swap, stable: swap.standingOf })),
  );
  const { swapped, attempts } = await swapPatiently(session, patient, giveUpAt, (deadline) =>
    swapOnce(session, swaps, request, deadline),
  );
  return { dependents: swapped, lockAttempts: attempts };
}

const byName = (a: PlacedSwap, b: PlacedSwap): number =>
  quoteRelation(a.stable) < quoteRelation(b.stable) ? -1 : 1;

async function swapOnce(
  session: Session,
  swaps: readonly PlacedSwap[],
  request: SwapRequest,
  deadline: number,
): Promise<DependentOutcome[]> {
  const dependents = await dependentsOf(
    session,
    swaps.map(({ stable }) => stable),
  );
  const retired = await retireAll(session, swaps, deadline);
  await session.script([
    ...(await retiredIndexes(session, retired, request.tag)),
    ...swaps.flatMap((swap) => promotion(swap, request.tag)),
  ]);
  const outcomes: DependentOutcome[] = [];
  for (const dependent of dependents) {
    await session.script([lockLimit(deadline)]);
    outcomes.push(await repoint(session, dependent, isHeldBack(dependent, request.heldBack)));
  }
  return outcomes;
}

function isHeldBack(dependent: Dependent, heldBack: readonly RelationName[]): boolean {
  const name = quoteRelation(dependent.relation);
  return heldBack.some((relation) => quoteRelation(relation) === name);
}

/**
 * Moves published relations out of the way; their exclusive locks are taken by the renames, one after the other.
 *
 * @returns OIDs of those that were there, with their schemas.
 */
async function retireAll(
  session: Session,
  swaps: readonly PlacedSwap[],
  deadline: number,
): Promise<ReadonlyMap<string, string>> {
  const found = await session.query<{ place: number; oid: string }>(
    `select s.place::int, c.oid::text
     from unnest($1::text[], $2::text[]) with ordinality as s(schema, name, place)
     join pg_namespace n on n.nspname = s.schema join pg_class c on c.relnamespace = n.oid and c.relname = s.name
     order by s.place`,
    [swaps.map(({ stable }) => stable.schema), swaps.map(({ stable }) => stable.name)],
  );
  const retired = new Map<string, string>();
  for (const { place, oid } of found.rows) {
    const swap = swaps[place - 1];
    if (swap === undefined) continue;
    const rename = `alter table ${quoteRelation(swap.stable)} rename to ${quoteIdent(swap.retired.name)}`;
    await session.script([lockLimit(deadline), rename]);
    retired.set(oid, swap.stable.schema);
  }
  return retired;
}

/** Renames of the indexes of what was retired. Read under its locks, so that none can be new. */
async function retiredIndexes(
  session: Session,
  retired: ReadonlyMap<string, string>,
  tag: BuildTag,
): Promise<string[]> {
  if (retired.size === 0) return [];
  const indexes = await session.query<{ of: string; name: string }>(
    `select i.indrelid::text as of, c.relname as name from pg_index i join pg_class c on c.oid = i.indexrelid
     where i.indrelid = any($1::oid[])`,
    [[...retired.keys()]],
  );
  return indexes.rows.map(({ of, name }) => renameIndex(retired.get(of) ?? '', name, retiredPart(name, tag)));
}

/** Statements that give the candidate and its indexes their public names. */
function promotion(swap: PlacedSwap, tag: BuildTag): string[] {
  const { stable, candidate } = swap;
  const names = swap.kind === 'table' ? stableIndexNames(swap) : [];
  return [
    `alter table ${quoteRelation(candidate)} rename to ${quoteIdent(stable.name)}`,
    ...names.map((name) => renameIndex(stable.schema, candidatePart(name, tag), name)),
  ];
}

/** Names of the indexes a candidate table was built with. */
function stableIndexNames(swap: PlacedSwap): string[] {
  if (swap.config === undefined) return [];
  const names = indexesOf(swap.stable, swap.config.indexes).map(({ name }) => name);
  return swap.config.versionColumn === undefined ? names : [keyNameOf(swap.stable), ...names];
}

/** Name of the primary key or unique index over a bronze model's unique_key. */
export const keyNameOf = (stable: RelationName): string => bounded(`${stable.name}_pkey`);

const renameIndex = (schema: string, from: string, to: string): string =>
  `alter index ${quoteRelation({ schema, name: from })} rename to ${quoteIdent(to)}`;
