import { readFileSync } from 'node:fs';
import type pg from 'pg';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import {
  type Activity,
  type BoundDecision,
  decideBound,
  type PreparedTransaction,
  type SourceBoundState,
} from './decide-bound.ts';
import { sourceErrors } from './errors.ts';
import { APPLICATION_PREFIX, withSession } from './pg-sessions.ts';

const sqlOf = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
const openTransactions = sqlOf('open-transactions.sql');
const preparedTransactions = sqlOf('prepared-transactions.sql');

export interface ReadBoundOptions {
  readonly marginMs: number;
  /** What the ledger holds for this source; undefined on the very first reading. */
  readonly previous: SourceBoundState | undefined;
  /** Called between the two statements; for tests of what happens in between. */
  readonly betweenStatements?: () => Promise<void>;
}

export interface BoundReading extends BoundDecision {
  /** `statement_timestamp()` of the scan, microseconds since 1970 UTC. */
  readonly observedMicros: bigint;
}

/**
 * Reads the bound: first the open transactions, then the prepared ones, each in autocommit. Call it before the
 * snapshot that reads rows is taken, and store `state` before the bound is used.
 *
 * @throws SOURCE_LACKS_PG_READ_ALL_STATS, SOURCE_IS_STANDBY, SOURCE_HIDES_ACTIVITY,
 *   SOURCE_PREPARED_TRANSACTION_WAITS (first reading only; `gid` names them), or a connection's errors.
 */
export async function readBound(pool: pg.Pool, options: ReadBoundOptions): Promise<BoundReading> {
  const { activity, prepared } = await withSession(pool, async (client) => {
    const seen = await readActivity(client);
    await options.betweenStatements?.();
    const { rows } = await client.query<PreparedTransaction>(preparedTransactions);
    return { activity: seen, prepared: rows };
  });
  const decision = decideBound(options.previous, activity, prepared, options.marginMs);
  if ('wait' in decision) {
    const gid = decision.wait.map((one) => one.gid).join(', ');
    throw new PenstockError(sourceErrors.preparedOnFirstRun, { gid });
  }
  return { ...decision, observedMicros: activity.observedMicros };
}

interface ActivityRow {
  readonly observed_micros: string;
  readonly in_recovery: boolean;
  readonly sees_all: boolean;
  readonly role_name: string;
  readonly pid: number | null;
  readonly backend_type: string | null;
  readonly state: string;
  readonly started_micros: string | null;
}

async function readActivity(client: pg.PoolClient): Promise<Activity> {
  const { rows } = await client.query<ActivityRow>(openTransactions, [APPLICATION_PREFIX]);
  const [first] = rows;
  if (first === undefined)
    throw new PenstockError(sourceErrors.interrupted, { statement: 'pg_stat_activity' });
  refuseUnlessAllIsSeen(first, rows);
  const open = rows.flatMap((row) =>
    row.pid === null || row.started_micros === null
      ? []
      : [
          {
            pid: row.pid,
            backendType: row.backend_type ?? 'unknown',
            state: row.state,
            startedMicros: BigInt(row.started_micros),
          },
        ],
  );
  return { observedMicros: BigInt(first.observed_micros), open };
}

function refuseUnlessAllIsSeen(first: ActivityRow, rows: readonly ActivityRow[]): void {
  if (first.in_recovery) throw new PenstockError(sourceErrors.standby);
  const hidden = rows.find((row) => row.pid !== null && row.backend_type === null);
  if (!first.sees_all || hidden !== undefined) {
    throw new PenstockError(sourceErrors.lacksPrivilege, { grant: grantOf(first.role_name) });
  }
  const silent = rows.find((row) => row.state === 'disabled' && row.started_micros === null);
  if (silent !== undefined) throw new PenstockError(sourceErrors.hiddenActivity, { pid: silent.pid });
}

/** The statement that lets the source role see every backend's transaction. */
export function grantOf(role: string): string {
  return `GRANT pg_read_all_stats TO "${role.replaceAll('"', '""')}"`;
}
