import type { TaskRef } from '#shared/contracts/task.ts';
import { guardAttempt } from './guard-attempt.ts';
import { type Ledger, withTransaction } from './ledger.ts';
import type { Queryable } from './queryable.ts';
import { compareAndSet, type SliceMove } from './watermarks.ts';

export interface SettleRequest {
  readonly pipeline: string;
  readonly stream: string;
  /** Who moves, for the history, e.g. the process id. */
  readonly who: string;
  /** Rows of discarded files count as accounted for. Default false: they hold the watermark as quarantined ones do. */
  readonly acceptDiscarded?: boolean;
}

/** A window that could not settle yet. */
export interface HeldWindow {
  readonly windowId: string;
  readonly slice: string;
  /** `behind`: an earlier window of the slice is held. */
  readonly because: 'unmerged' | 'quarantined' | 'discarded' | 'behind';
}

export interface Settlement {
  /** Windows whose rows are in bronze; their watermark moved, where they move one. */
  readonly settled: string[];
  /** Windows whose rows are in bronze, but whose watermark stood elsewhere than where they started. */
  readonly superseded: string[];
  readonly held: HeldWindow[];
}

interface LandedWindow {
  readonly windowId: string;
  readonly slice: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly moves: boolean;
  readonly unmerged: number;
  readonly quarantined: number;
  readonly discarded: number;
}

/**
 * Settles a stream's landed windows in order: a window all of whose files bronze holds moves its slice's watermark by
 * compare-and-set from where it started to its bound. A window that is not complete holds the later ones of its slice, so a
 * quarantined file holds the slice's watermark; windows that move none (backfills, replays) hold nobody.
 *
 * All of it is one transaction under the attempt's guard.
 *
 * @throws PenstockError LEDGER_SUPERSEDED_ATTEMPT; nothing was changed then.
 */
export function settleWindows(ledger: Ledger, ref: TaskRef, request: SettleRequest): Promise<Settlement> {
  return withTransaction(ledger, async (tx) => {
    const { runId } = await guardAttempt(tx, ref);
    const { ready, held } = judge(await landedWindows(tx, request), request.acceptDiscarded === true);
    const context = { ...request, runId, reason: 'window settled' };
    const settled = ready.filter((window) => !window.moves).map((window) => window.windowId);
    const superseded: string[] = [];
    for (const round of roundsOf(ready.filter((window) => window.moves))) {
      const moved = await compareAndSet(tx, context, round.map(moveOf));
      for (const window of round) (moved.has(window.slice) ? settled : superseded).push(window.windowId);
    }
    await close(tx, 'settled', settled);
    await close(tx, 'superseded', superseded);
    return { settled, superseded, held };
  });
}

/** Window rows are locked in order, which makes concurrent settlements of a stream serial. */
async function landedWindows(tx: Queryable, request: SettleRequest): Promise<LandedWindow[]> {
  const { pipeline, stream } = request;
  await tx.rows(
    `SELECT FROM ops.windows WHERE pipeline = $1 AND stream = $2 AND status = 'landed' ORDER BY window_id
     FOR NO KEY UPDATE`,
    [pipeline, stream],
  );
  return tx.rows<LandedWindow & Record<string, unknown>>(
    `SELECT w.window_id AS "windowId", w.slice, w.from_cursor AS "from", w.to_cursor AS "to", w.moves_watermark AS moves,
       count(*) FILTER (WHERE f.state = 'landed')::int AS unmerged,
       count(*) FILTER (WHERE f.state = 'quarantined')::int AS quarantined,
       count(*) FILTER (WHERE f.state = 'discarded')::int AS discarded
     FROM ops.windows w LEFT JOIN LATERAL (
       SELECT f.state FROM ops.files f WHERE f.window_id = w.window_id AND NOT f.is_rejects AND f.slice = w.slice
       UNION ALL
       SELECT f.state FROM ops.file_slices s JOIN ops.files f USING (file_id) WHERE s.window_id = w.window_id AND NOT f.is_rejects
     ) f ON true
     WHERE w.pipeline = $1 AND w.stream = $2 AND w.status = 'landed' GROUP BY w.window_id ORDER BY w.window_id`,
    [pipeline, stream],
  );
}

function judge(
  windows: readonly LandedWindow[],
  acceptDiscarded: boolean,
): { ready: LandedWindow[]; held: HeldWindow[] } {
  const ready: LandedWindow[] = [];
  const held: HeldWindow[] = [];
  const heldSlices = new Set<string>();
  for (const window of windows) {
    const { windowId, slice } = window;
    const because =
      reasonToHold(window, acceptDiscarded) ?? (window.moves && heldSlices.has(slice) ? 'behind' : null);
    if (because === null) ready.push(window);
    else held.push({ windowId, slice, because });
    if (because !== null && window.moves) heldSlices.add(slice);
  }
  return { ready, held };
}

function reasonToHold(window: LandedWindow, acceptDiscarded: boolean): HeldWindow['because'] | null {
  if (window.quarantined > 0) return 'quarantined';
  if (window.unmerged > 0) return 'unmerged';
  return window.discarded > 0 && !acceptDiscarded ? 'discarded' : null;
}

/** The n-th windows of all slices together: a slice's own windows must move one after another. */
function roundsOf(windows: readonly LandedWindow[]): LandedWindow[][] {
  const rounds: LandedWindow[][] = [];
  const seen = new Map<string, number>();
  for (const window of windows) {
    const turn = seen.get(window.slice) ?? 0;
    seen.set(window.slice, turn + 1);
    const round = rounds[turn] ?? [];
    round.push(window);
    rounds[turn] = round;
  }
  return rounds;
}

function moveOf(window: LandedWindow): SliceMove {
  // A window that moves a watermark has a bound: `windows_mover_has_bound`.
  return {
    slice: window.slice,
    from: window.from === null ? null : BigInt(window.from),
    to: BigInt(window.to ?? ''),
    windowId: window.windowId,
  };
}

async function close(
  tx: Queryable,
  status: 'settled' | 'superseded',
  windowIds: readonly string[],
): Promise<void> {
  if (windowIds.length === 0) return;
  await tx.rows(
    `UPDATE ops.windows SET status = $2, closed_at = clock_timestamp() WHERE window_id = ANY ($1::bigint[])`,
    [windowIds, status],
  );
}
