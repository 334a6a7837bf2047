import type { TaskRef } from '#shared/contracts/task.ts';
import { guardAttempt } from './guard-attempt.ts';
import { type Ledger, withTransaction } from './ledger.ts';
import { firstRow, type Queryable } from './queryable.ts';

export interface Watermark {
  readonly pipeline: string;
  readonly stream: string;
  readonly slice: string;
  /** Exclusive: every committed row below it is accounted for. */
  readonly cursor: bigint;
  readonly movedAt: string;
  readonly movedBy: string;
  readonly reason: string;
  readonly runId: string | null;
  readonly windowId: string | null;
}

const WATERMARK_COLUMNS = `
  pipeline, stream, slice, cursor, moved_at AS "movedAt", moved_by AS "movedBy", reason, run_id AS "runId",
  window_id AS "windowId"`;

type WatermarkRow = Omit<Watermark, 'cursor'> & { cursor: string };

const watermarkOf = (row: WatermarkRow): Watermark => ({ ...row, cursor: BigInt(row.cursor) });

/** The slice's watermark, undefined before its first window has settled. */
export async function getWatermark(
  ledger: Queryable,
  pipeline: string,
  stream: string,
  slice: string,
): Promise<Watermark | undefined> {
  const row = await firstRow(
    ledger.rows<WatermarkRow & Record<string, unknown>>(
      `SELECT ${WATERMARK_COLUMNS} FROM ops.watermarks WHERE pipeline = $1 AND stream = $2 AND slice = $3`,
      [pipeline, stream, slice],
    ),
  );
  return row === undefined ? undefined : watermarkOf(row);
}

/** Cursors of many slices' watermarks in one statement, in their order; null before a slice's first window has settled. */
export async function getCursors(
  ledger: Queryable,
  slices: readonly Pick<Watermark, 'pipeline' | 'stream' | 'slice'>[],
): Promise<(bigint | null)[]> {
  const rows = await ledger.rows<{ nth: number; cursor: string }>(
    `SELECT w.nth::int AS nth, m.cursor
     FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS w (pipeline, stream, slice, nth)
     JOIN ops.watermarks m USING (pipeline, stream, slice)`,
    [slices.map((s) => s.pipeline), slices.map((s) => s.stream), slices.map((s) => s.slice)],
  );
  const cursors = new Map(rows.map(({ nth, cursor }) => [nth, BigInt(cursor)]));
  return slices.map((_, index) => cursors.get(index + 1) ?? null);
}

/** All watermarks of a pipeline, or of one of its streams. */
export async function listWatermarks(
  ledger: Queryable,
  pipeline: string,
  stream?: string,
): Promise<Watermark[]> {
  const rows = await ledger.rows<WatermarkRow & Record<string, unknown>>(
    `SELECT ${WATERMARK_COLUMNS} FROM ops.watermarks
     WHERE pipeline = $1 AND ($2::text IS NULL OR stream = $2) ORDER BY stream, slice`,
    [pipeline, stream ?? null],
  );
  return rows.map(watermarkOf);
}

/** One move of a watermark. */
export interface WatermarkMove {
  /** Null for the first. */
  readonly from: bigint | null;
  readonly to: bigint;
  readonly movedAt: string;
  readonly movedBy: string;
  readonly reason: string;
  readonly runId: string | null;
  readonly windowId: string | null;
}

/** Moves of a slice's watermark, newest first. */
export async function watermarkHistory(
  ledger: Queryable,
  pipeline: string,
  stream: string,
  slice: string,
  limit = 100,
): Promise<WatermarkMove[]> {
  type Row = Omit<WatermarkMove, 'from' | 'to'> & { from: string | null; to: string };
  const rows = await ledger.rows<Row & Record<string, unknown>>(
    `SELECT from_cursor AS "from", to_cursor AS "to", moved_at AS "movedAt", moved_by AS "movedBy", reason,
       run_id AS "runId", window_id AS "windowId"
     FROM ops.watermark_history WHERE pipeline = $1 AND stream = $2 AND slice = $3 ORDER BY move_id DESC LIMIT $4`,
    [pipeline, stream, slice, limit],
  );
  return rows.map((row) => ({
    ...row,
    from: row.from === null ? null : BigInt(row.from),
    to: BigInt(row.to),
  }));
}

/** A compare-and-set of one slice's watermark. */
export interface SliceMove {
  readonly slice: string;
  /** What it must be now; null: there must be none. */
  readonly from: bigint | null;
  readonly to: bigint;
  /** The window that earned the move; null when a person moves it. */
  readonly windowId: string | null;
}

export interface MoveContext {
  readonly pipeline: string;
  readonly stream: string;
  readonly runId: string | null;
  readonly who: string;
  readonly reason: string;
}

/**
 * Compare-and-set of many slices of one stream in one statement. Slices in `moves` differ from one another.
 *
 * @returns the slices that moved; the others had another value.
 */
export async function compareAndSet(
  tx: Queryable,
  context: MoveContext,
  moves: readonly SliceMove[],
): Promise<Set<string>> {
  const rows = await tx.rows<{ slice: string }>(
    `WITH wanted AS MATERIALIZED (
       SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[]) AS w (slice, was, will, window_id)
     ), first AS (
       INSERT INTO ops.watermarks (pipeline, stream, slice, cursor, moved_by, reason, run_id, window_id)
       SELECT $5, $6, w.slice, w.will, $7, $8, $9, w.window_id FROM wanted w WHERE w.was IS NULL
       ON CONFLICT DO NOTHING RETURNING slice
     ), moved AS (
       UPDATE ops.watermarks m SET cursor = w.will, moved_at = clock_timestamp(), moved_by = $7, reason = $8,
         run_id = $9, window_id = w.window_id
       FROM wanted w WHERE m.pipeline = $5 AND m.stream = $6 AND m.slice = w.slice AND m.cursor = w.was
       RETURNING m.slice
     )
     SELECT slice FROM first UNION ALL SELECT slice FROM moved`,
    [
      moves.map((move) => move.slice),
      moves.map((move) => move.from),
      moves.map((move) => move.to),
      moves.map((move) => move.windowId),
      context.pipeline,
      context.stream,
      context.who,
      context.reason,
      context.runId,
    ],
  );
  return new Set(rows.map((row) => row.slice));
}

export interface MoveRequest extends SliceMove {
  readonly pipeline: string;
  readonly stream: string;
  /** Guards the move; null when a person moves it. */
  readonly ref: TaskRef | null;
  readonly who: string;
  readonly reason: string;
}

/**
 * Moves one watermark by compare-and-set, for callers that have no window to settle. Never backwards.
 *
 * @returns `superseded` when its value was another; nothing was changed then.
 * @throws PenstockError LEDGER_SUPERSEDED_ATTEMPT; LEDGER_ILLEGAL_MOVE when `to` is below `from`.
 */
export function moveWatermark(ledger: Ledger, move: MoveRequest): Promise<'moved' | 'superseded'> {
  const { ref, ...context } = move;
  return withTransaction(ledger, async (tx) => {
    const runId = ref === null ? null : (await guardAttempt(tx, ref)).runId;
    const moved = await compareAndSet(tx, { ...context, runId }, [move]);
    return moved.has(move.slice) ? 'moved' : 'superseded';
  });
}
