import { setTimeout as wait } from 'node:timers/promises';
import { bounded, type RelationName } from '#shared/contracts/names.ts';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { quoteIdent, quoteRelation } from '#shared/warehouse/quote-identifier.ts';
import { modelErrors } from '../errors.ts';
import type { DependentOutcome, PublishLimits } from '../model-warehouse.ts';
import { type BuildTag, candidatePart, retiredPart } from '../publish/candidate-names.ts';
import { indexesOf } from './build-relation.ts';
import { copyStanding } from './copy-standing.ts';
import { type Dependent, dependentsOf, isLockConflict, repoint } from './dependents.ts';
import type { PlacedSwap } from './guarded-table.ts';
import { olderSnapshots } from './older-snapshots.ts';
import { refuseAttached } from './refuse-attached.ts';
import type { Session } from './session.ts';

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
 * A waiting exclusive lock queues every later reader behind one slow query, so all locks together may be waited for
 * `lockTimeoutMs`; then everything is let go and tried again after a jittered pause.
 *
 * @throws PenstockError `PUBLISH_LOCKED` after `giveUpAfterMs`; `PUBLISH_REFUSED`.
 */
export async function swapAll(session: Session, request: SwapRequest): Promise<SwapResult> {
  const swaps = [...request.swaps].sort(byName);
  // Definitions read with an empty search_path name every schema; it also keeps look-alikes out of what follows.
  await session.query(`select set_config('search_path', '', true)`);
  const giveUpAt = Date.now() + request.limits.giveUpAfterMs;
  await awaitOlderSnapshots(session, swaps, giveUpAt, request.signal);
  await refuseAttached(session, swaps);
  await copyStanding(
    session,
    swaps.map((swap) => ({ ...swap, stable: swap.standingOf })),
  );
  for (let attempt = 1; ; attempt += 1) {
    await session.query('savepoint penstock_swap');
    try {
      return { dependents: await swapOnce(session, swaps, request), lockAttempts: attempt };
    } catch (error) {
      if (!isLockConflict(error)) throw error;
      await session.query('rollback to savepoint penstock_swap');
      if (Date.now() > giveUpAt) throw await lockedError(session, swaps, attempt);
      await pause(request.signal);
    }
  }
}

const byName = (a: PlacedSwap, b: PlacedSwap): number =>
  quoteRelation(a.stable) < quoteRelation(b.stable) ? -1 : 1;

/** An older statement may be a long one that never reads these tables; it is waited for so long, then trusted. */
const STATEMENT_PATIENCE_MS = 2_000;

/**
 * Waits, holding no lock a reader needs, until no transaction is left that would find the new tables empty.
 *
 * @throws PenstockError `PUBLISH_LOCKED` when one that is idle in its transaction outlasts `giveUpAt`.
 */
async function awaitOlderSnapshots(
  session: Session,
  swaps: readonly PlacedSwap[],
  giveUpAt: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const candidates = swaps.map(({ candidate }) => candidate);
  const trustAt = Date.now() + STATEMENT_PATIENCE_MS;
  for (;;) {
    const older = await olderSnapshots(session, candidates);
    const waitedFor = older.filter(({ idle }) => idle || Date.now() < trustAt);
    if (waitedFor.length === 0) return;
    if (Date.now() > giveUpAt) {
      const held = waitedFor.map(({ pid }) => `an older snapshot of pid ${pid}`).join(', ');
      throw new PenstockError(modelErrors.publishLocked, { attempts: 0, held });
    }
    await pause(signal);
  }
}

/** Jittered, so that two swaps, or a swap and a periodic query, do not meet again and again. */
async function pause(signal: AbortSignal | undefined): Promise<void> {
  await wait(50 + Math.random() * 200, undefined, signal ? { signal } : {}).catch(() =>
    signal?.throwIfAborted(),
  );
}

async function swapOnce(
  session: Session,
  swaps: readonly PlacedSwap[],
  request: SwapRequest,
): Promise<DependentOutcome[]> {
  const dependents = await dependentsOf(
    session,
    swaps.map(({ stable }) => stable),
  );
  const deadline = Date.now() + request.limits.lockTimeoutMs;
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

/** What is left of the time readers may be kept waiting, at least a millisecond (0 would mean for ever). */
const lockLimit = (deadline: number): string =>
  `set local lock_timeout = '${Math.max(1, deadline - Date.now())}ms'`;

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

async function lockedError(
  session: Session,
  swaps: readonly PlacedSwap[],
  attempts: number,
): Promise<PenstockError> {
  const holders = await session.query<{ pid: number; relation: string }>(
    `select l.pid, n.nspname || '.' || c.relname as relation from pg_locks l
     join pg_class c on c.oid = l.relation join pg_namespace n on n.oid = c.relnamespace
     where l.granted and l.pid <> pg_backend_pid()
       and (n.nspname, c.relname) in (select * from unnest($1::text[], $2::text[]))
     limit 5`,
    [swaps.map(({ stable }) => stable.schema), swaps.map(({ stable }) => stable.name)],
  );
  const pids = holders.rows.map(({ pid, relation }) => `${relation} by pid ${pid}`).join(', ');
  return new PenstockError(modelErrors.publishLocked, { attempts, held: pids });
}
