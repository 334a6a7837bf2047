import { jsonParam } from './json.ts';
import { type Ledger, withTransaction } from './ledger.ts';
import { firstRow, type Queryable } from './queryable.ts';

/** Up to where a source's rows may be read; see the design, "Watermarks that cannot skip". */
export interface SourceBound {
  /** Microseconds since 1970 UTC, exclusive. */
  readonly bound: bigint;
  /**
   * Prepared transactions that exist, by whatever names them (gid and xid), each with the bound as it was before it was
   * first seen: while it exists the bound stays there.
   */
  readonly prepared: Readonly<Record<string, bigint>>;
}

interface BoundRow {
  readonly bound: string;
  readonly prepared: Record<string, string>;
}

/** The bound last observed of a source, undefined before the first time. */
export async function getSourceBound(ledger: Queryable, source: string): Promise<SourceBound | undefined> {
  const row = await firstRow(
    ledger.rows<BoundRow & Record<string, unknown>>(
      'SELECT bound, prepared FROM ops.source_bounds WHERE source = $1',
      [source],
    ),
  );
  return row === undefined ? undefined : boundOf(row);
}

/**
 * Observes a source's bound: reads the last one under a lock, lets `observe` decide the next, and keeps it. Concurrent
 * observers take turns. The kept bound never falls: a lower answer keeps the old one, which was safe when it was
 * observed and stays safe.
 *
 * @param observe pure; gets the last observation (undefined the first time). Answer undefined to keep nothing, as a first run
 *   does while a prepared transaction exists.
 * @returns what is kept now, undefined when there is nothing.
 */
export function observeSourceBound(
  ledger: Ledger,
  source: string,
  observe: (last: SourceBound | undefined) => SourceBound | undefined,
): Promise<SourceBound | undefined> {
  return withTransaction(ledger, async (tx) => {
    // The row may not be there to be locked yet.
    await tx.rows(`SELECT pg_advisory_xact_lock(hashtextextended('penstock.source_bounds.' || $1, 0))`, [
      source,
    ]);
    const last = await getSourceBound(tx, source);
    const seen = observe(last);
    if (seen === undefined) return last;
    const bound = last !== undefined && last.bound > seen.bound ? last.bound : seen.bound;
    await saveBound(tx, source, { bound, prepared: seen.prepared });
    return { bound, prepared: seen.prepared };
  });
}

async function saveBound(tx: Queryable, source: string, next: SourceBound): Promise<void> {
  const prepared = Object.fromEntries(
    Object.entries(next.prepared).map(([name, at]) => [name, at.toString()]),
  );
  await tx.rows(
    `INSERT INTO ops.source_bounds (source, bound, prepared) VALUES ($1, $2, $3)
     ON CONFLICT (source) DO UPDATE SET bound = excluded.bound, prepared = excluded.prepared,
       observed_at = clock_timestamp()`,
    [source, next.bound, jsonParam(prepared)],
  );
}

function boundOf(row: BoundRow): SourceBound {
  const prepared = Object.entries(row.prepared).map(([name, at]) => [name, BigInt(at)] as const);
  return { bound: BigInt(row.bound), prepared: Object.fromEntries(prepared) };
}
