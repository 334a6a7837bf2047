/** What is remembered of a source between runs, kept by the ledger (`ops.source_bounds`). */
export interface SourceBoundState {
  /** Microseconds since 1970 UTC. Every later bound is at least this. */
  readonly lastBound: bigint;
  /** Per prepared transaction that still exists (by xid): the bound in force before it was first seen. */
  readonly prepared: Readonly<Record<string, bigint>>;
}

/** One transaction (or active backend) that may still commit rows stamped with its start. */
export interface OpenTransaction {
  readonly pid: number;
  readonly backendType: string;
  readonly state: string;
  /** `xact_start`, or `query_start` of an active backend that shows none; microseconds since 1970 UTC. */
  readonly startedMicros: bigint;
}

/** Result of the first statement. */
export interface Activity {
  /** `statement_timestamp()` of the scan itself. */
  readonly observedMicros: bigint;
  readonly open: readonly OpenTransaction[];
}

/** One row of `pg_prepared_xacts`, read by the second statement. */
export interface PreparedTransaction {
  readonly xid: string;
  readonly gid: string;
}

/** Who keeps the bound below the present. */
export type HeldBackBy =
  | ({ readonly kind: 'backend' } & OpenTransaction)
  | ({ readonly kind: 'prepared' } & PreparedTransaction);

export interface BoundDecision {
  /** Exclusive; every transaction that can still commit, or that committed unseen, stamps rows at or above it. */
  readonly bound: bigint;
  /** To be stored before the bound is used. */
  readonly state: SourceBoundState;
  /** How far the bound lies below the present, margin not counted. */
  readonly heldBackMs: number;
  readonly heldBackBy: HeldBackBy | null;
  /**
   * A transaction that began below a bound already given out: the margin was too small or the server's clock
   * went back. Its rows may lie below watermarks; a full comparison finds them. Null when all is well.
   */
  readonly beganBelowBound: OpenTransaction | null;
}

/** Only a first reading waits: what it waits for are the gids. */
export interface BoundWait {
  readonly wait: readonly PreparedTransaction[];
}

/**
 * Decides the bound from one observation (design: "Watermarks that cannot skip").
 *
 * The order of the two statements makes it sound. PREPARE shows the transaction among the prepared ones before
 * it takes it off the backend, so one missing from `activity` because it prepared is in `prepared`; one missing
 * from both has ended, and its rows are visible to a snapshot taken from now on.
 *
 * While a prepared transaction exists the bound is the one in force before its xid was first seen: that bound was
 * decided when the transaction was open (so it is below its start) or had not begun. A reused xid can only find a
 * stored bound that is too low, which is safe; entries whose xid is gone are dropped.
 *
 * @param previous undefined when no bound was ever decided for this source.
 * @param marginMs covers the instant between a backend stamping its start and publishing it.
 */
export function decideBound(
  previous: SourceBoundState | undefined,
  activity: Activity,
  prepared: readonly PreparedTransaction[],
  marginMs: number,
): BoundDecision | BoundWait {
  if (previous === undefined && prepared.length > 0) return { wait: prepared };
  const oldest = oldestOf(activity.open);
  const least = min(activity.observedMicros, oldest?.startedMicros ?? activity.observedMicros);
  const free = least - BigInt(marginMs) * 1_000n;
  if (previous === undefined)
    return decision(activity, free, { lastBound: free, prepared: {} }, oldest, null);

  const held = heldBounds(previous, prepared);
  const lowest = Object.values(held).reduce(min, free);
  const bound = max(previous.lastBound, lowest);
  const state = { lastBound: bound, prepared: held };
  const late = oldest !== null && oldest.startedMicros < previous.lastBound ? oldest : null;
  return decision(activity, bound, state, holderOf(oldest, prepared, held, free), late);
}

/**
 * Joins what two readers learnt at the same time, so that either may store its state last. Both bounds are safe, so
 * the higher one is; a prepared transaction only one of them saw keeps its entry (gone ones leave at the next reading).
 */
export function joinBoundStates(a: SourceBoundState, b: SourceBoundState): SourceBoundState {
  const prepared: Record<string, bigint> = { ...a.prepared };
  for (const [xid, bound] of Object.entries(b.prepared)) prepared[xid] = min(prepared[xid] ?? bound, bound);
  return { lastBound: max(a.lastBound, b.lastBound), prepared };
}

function decision(
  activity: Activity,
  bound: bigint,
  state: SourceBoundState,
  holder: OpenTransaction | HeldBackBy | null,
  late: OpenTransaction | null,
): BoundDecision {
  const heldBackBy = holder === null || 'kind' in holder ? holder : { kind: 'backend' as const, ...holder };
  return {
    bound,
    state,
    heldBackBy,
    heldBackMs: heldBackMs(activity, bound, heldBackBy),
    beganBelowBound: late,
  };
}

/** Measured from the holder's start where it has one, so that the margin is not counted as a delay. */
function heldBackMs(activity: Activity, bound: bigint, by: HeldBackBy | null): number {
  if (by === null) return 0;
  const since = by.kind === 'backend' ? by.startedMicros : bound;
  return Number(max(activity.observedMicros - since, 0n) / 1_000n);
}

function heldBounds(
  previous: SourceBoundState,
  prepared: readonly PreparedTransaction[],
): Record<string, bigint> {
  return Object.fromEntries(
    prepared.map(({ xid }) => [xid, previous.prepared[xid] ?? previous.lastBound] as const),
  );
}

function holderOf(
  oldest: OpenTransaction | null,
  prepared: readonly PreparedTransaction[],
  held: Readonly<Record<string, bigint>>,
  free: bigint,
): HeldBackBy | null {
  const first = prepared.reduce<PreparedTransaction | undefined>(
    (best, one) => (best === undefined || (held[one.xid] ?? 0n) < (held[best.xid] ?? 0n) ? one : best),
    undefined,
  );
  if (first !== undefined && (held[first.xid] ?? free) < free) return { kind: 'prepared', ...first };
  return oldest === null ? null : { kind: 'backend', ...oldest };
}

function oldestOf(open: readonly OpenTransaction[]): OpenTransaction | null {
  return open.reduce<OpenTransaction | null>(
    (best, one) => (best === null || one.startedMicros < best.startedMicros ? one : best),
    null,
  );
}

const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
