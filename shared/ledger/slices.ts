import type { TaskRef } from '#shared/contracts/task.ts';
import { guardAttempt } from './guard-attempt.ts';
import { type Ledger, withTransaction } from './ledger.ts';
import type { Queryable } from './queryable.ts';

/** Where slices were listed. */
export interface ListedShard {
  readonly pipeline: string;
  readonly source: string;
  readonly shard: string;
}

/** A listing of a shard. */
export interface ShardListed extends ListedShard {
  /** False when it has slices besides those that are given. */
  readonly isWhole: boolean;
}

/** One slice as its source lists it. */
export interface ListedSlice {
  /** `<shard>/<id>`. */
  readonly slice: string;
  /** How many entities the listing says it has; null where it does not say. */
  readonly entities: number | null;
}

/**
 * Keeps what a shard lists: new slices are added, those that a whole listing names no more are marked gone, one that comes back is
 * gone no more.
 *
 * @throws PenstockError LEDGER_SUPERSEDED_ATTEMPT; nothing was changed then.
 */
export function recordListing(
  ledger: Ledger,
  ref: TaskRef,
  of: ShardListed,
  slices: readonly ListedSlice[],
): Promise<void> {
  return withTransaction(ledger, async (tx) => {
    await guardAttempt(tx, ref);
    await tx.rows(
      `INSERT INTO ops.slices (pipeline, source, shard, slice, entities)
       SELECT $1, $2, $3, s.slice, s.entities FROM unnest($4::text[], $5::bigint[]) AS s (slice, entities)
       ON CONFLICT (pipeline, source, slice) DO UPDATE
         SET entities = excluded.entities, last_listed_at = clock_timestamp(), gone_at = NULL`,
      [of.pipeline, of.source, of.shard, slices.map(({ slice }) => slice), slices.map((s) => s.entities)],
    );
    if (!of.isWhole) return;
    await tx.rows(
      `UPDATE ops.slices SET gone_at = clock_timestamp()
       WHERE pipeline = $1 AND source = $2 AND shard = $3 AND gone_at IS NULL AND slice <> ALL ($4::text[])`,
      [of.pipeline, of.source, of.shard, slices.map(({ slice }) => slice)],
    );
  });
}

/** A slice the ledger knows of a shard. */
export interface KnownSlice extends ListedSlice {
  readonly gone: boolean;
}

/** Every slice a shard ever listed. */
export function knownSlices(ledger: Queryable, of: ListedShard): Promise<KnownSlice[]> {
  return ledger.rows<KnownSlice & Record<string, unknown>>(
    `SELECT slice, entities::float8 AS entities, gone_at IS NOT NULL AS gone FROM ops.slices
     WHERE pipeline = $1 AND source = $2 AND shard = $3 ORDER BY slice`,
    [of.pipeline, of.source, of.shard],
  );
}
