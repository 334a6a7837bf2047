import { setTimeout as wait } from 'node:timers/promises';
import type { RelationName } from '#shared/contracts/names.ts';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { modelErrors } from '../errors.ts';
import type { PublishLimits } from '../model-warehouse.ts';
import { isLockConflict } from './dependents.ts';
import { olderSnapshots } from './older-snapshots.ts';
import type { Session } from './session.ts';

/** What readers see before and after, and how long they may be kept waiting. */
export interface PatientSwap {
  /** Built in this transaction or another, not public yet. */
  readonly candidates: readonly RelationName[];
  /** Whose locks are waited for. */
  readonly stables: readonly RelationName[];
  readonly limits: PublishLimits;
  readonly signal: AbortSignal | undefined;
}

/** An older statement may be a long one that never reads these tables; it is waited for so long, then trusted. */
const STATEMENT_PATIENCE_MS = 2_000;

/**
 * Waits, holding no lock a reader needs, until no transaction is left that would find the new tables empty.
 *
 * @param giveUpAt milliseconds since 1970.
 * @throws PenstockError `PUBLISH_LOCKED` when one that is idle in its transaction outlasts `giveUpAt`.
 */
export async function awaitOlderSnapshots(
  session: Session,
  { candidates, signal }: PatientSwap,
  giveUpAt: number,
): Promise<void> {
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

/**
 * Makes a swap whose locks together may be waited for `lockTimeoutMs`. A waiting exclusive lock queues every later reader behind one
 * slow query, so after that everything is let go, and it is tried again after a jittered pause.
 *
 * @param swapOnce receives the instant by which it must have its locks, milliseconds since 1970.
 * @param giveUpAt milliseconds since 1970.
 * @returns what the swap that succeeded returned, and which attempt it was.
 * @throws PenstockError `PUBLISH_LOCKED` after `giveUpAt`.
 */
export async function swapPatiently<T>(
  session: Session,
  swap: PatientSwap,
  giveUpAt: number,
  swapOnce: (deadline: number) => Promise<T>,
): Promise<{ readonly swapped: T; readonly attempts: number }> {
  for (let attempts = 1; ; attempts += 1) {
    await session.query('savepoint penstock_swap');
    try {
      return { swapped: await swapOnce(Date.now() + swap.limits.lockTimeoutMs), attempts };
    } catch (error) {
      if (!isLockConflict(error)) throw error;
      await session.query('rollback to savepoint penstock_swap');
      if (Date.now() > giveUpAt) throw await lockedError(session, swap.stables, attempts);
      await pause(swap.signal);
    }
  }
}

/** Sets what is left of the time readers may be kept waiting, at least a millisecond (0 would mean for ever). */
export const lockLimit = (deadline: number): string =>
  `set local lock_timeout = '${Math.max(1, deadline - Date.now())}ms'`;

/** Jittered, so that two swaps, or a swap and a periodic query, do not meet again and again. */
async function pause(signal: AbortSignal | undefined): Promise<void> {
  await wait(50 + Math.random() * 200, undefined, signal ? { signal } : {}).catch(() =>
    signal?.throwIfAborted(),
  );
}

async function lockedError(
  session: Session,
  stables: readonly RelationName[],
  attempts: number,
): Promise<PenstockError> {
  const holders = await session.query<{ pid: number; relation: string }>(
    `select l.pid, n.nspname || '.' || c.relname as relation from pg_locks l
     join pg_class c on c.oid = l.relation join pg_namespace n on n.oid = c.relnamespace
     where l.granted and l.pid <> pg_backend_pid()
       and (n.nspname, c.relname) in (select * from unnest($1::text[], $2::text[]))
     limit 5`,
    [stables.map(({ schema }) => schema), stables.map(({ name }) => name)],
  );
  const pids = holders.rows.map(({ pid, relation }) => `${relation} by pid ${pid}`).join(', ');
  return new PenstockError(modelErrors.publishLocked, { attempts, held: pids });
}
