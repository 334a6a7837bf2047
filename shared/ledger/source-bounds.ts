import { jsonParam } from './json.ts';
import { type Ledger, withTransaction } from './ledger.ts';
import { firstRow, type Queryable } from './queryable.ts';

/** What is remembered of a source between readings; see the design, "Watermarks that cannot skip". */
export interface StoredBound {
  /** Microseconds since 1970 UTC, exclusive. Never falls. */
  readonly lastBound: bigint;
  /** Prepared transactions that exist, each with the bound as it was before it was first seen: the bound stays there. */
  readonly prepared: Readonly<Record<string, bigint>>;
}

interface BoundRow {
  readonly bound: string;
  readonly prepared: Record<string, string>;
}

/** What was last stored of a source, undefined before the first reading. */
export async function getSourceBound(ledger: Queryable, source: string): Promise<StoredBound | undefined> {
  const row = await firstRow(
    ledger.rows<BoundRow & Record<string, unknown>>(
      'SELECT bound, prepared FROM ops.source_bounds WHERE source = $1',
      [source],
    ),
  );
  if (row === undefined) return undefined;
  const prepared = Object.entries(row.prepared).map(([name, at]) => [name, BigInt(at)] as const);
  return { lastBound: BigInt(row.bound), prepared: Object.fromEntries(prepared) };
}

/** Readings under way in this process, by ledger and source. */
const lastTurns = new WeakMap<Ledger, Map<string, Promise<unknown>>>();

/**
 * Reads a source's bound by `read` and stores the state it answers, before anybody uses it. Readings of one source take
 * turns: across processes by an advisory lock of the transaction, within one before a connection is taken (or the slices of
 * one source would empty the pool). The reading must end within the ledger's statement timeout.
 *
 * @param read gets what is stored; when it throws, nothing is stored and its error passes.
 * @throws PenstockError LEDGER_ILLEGAL_MOVE when the answer is below what is stored.
 */
export function withSourceBound<R extends { readonly state: StoredBound }>(
  ledger: Ledger,
  source: string,
  read: (previous: StoredBound | undefined) => Promise<R>,
): Promise<R> {
  return inTurn(ledger, source, () =>
    withTransaction(ledger, async (tx) => {
      // There may be no row to lock yet.
      await tx.rows(`SELECT pg_advisory_xact_lock(hashtextextended('penstock.source_bounds.' || $1, 0))`, [
        source,
      ]);
      const reading = await read(await getSourceBound(tx, source));
      await storeBound(tx, source, reading.state);
      return reading;
    }),
  );
}

async function inTurn<T>(ledger: Ledger, source: string, work: () => Promise<T>): Promise<T> {
  const turns = lastTurns.get(ledger) ?? new Map<string, Promise<unknown>>();
  lastTurns.set(ledger, turns);
  const before = turns.get(source) ?? Promise.resolve();
  const mine = before.then(work, work);
  turns.set(source, mine);
  try {
    return await mine;
  } finally {
    if (turns.get(source) === mine) turns.delete(source);
  }
}

async function storeBound(tx: Queryable, source: string, state: StoredBound): Promise<void> {
  const prepared = Object.entries(state.prepared).map(([name, at]) => [name, at.toString()] as const);
  await tx.rows(
    `INSERT INTO ops.source_bounds (source, bound, prepared) VALUES ($1, $2, $3)
     ON CONFLICT (source) DO UPDATE SET bound = excluded.bound, prepared = excluded.prepared,
       observed_at = clock_timestamp()`,
    [source, state.lastBound, jsonParam(Object.fromEntries(prepared))],
  );
}
