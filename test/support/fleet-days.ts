import type { ShardApiOptions } from '#dev/shard-api/options.ts';
import { setSchedulePaused } from '#shared/ledger/schedule-state.ts';
import { FleetTruth } from './fleet-by-hand/truth.ts';
import { type FleetPlatform, startFleetPlatform } from './fleet-platform.ts';
import { type ClosedRun, type RunningServices, startServices } from './running-services.ts';
import type { ServiceName } from './service-process.ts';
import { recentTuesdayMs, TestClock } from './test-clock.ts';
import type { TestPlatformOptions } from './test-platform.ts';
import { waitFor } from './wait-for.ts';

/** The fleet with all services, on a clock that the test moves: schedules come due, states drift, days pass. */
export interface FleetDays {
  readonly platform: FleetPlatform;
  readonly services: RunningServices;
  readonly clock: TestClock;
  readonly truth: FleetTruth;
  /** Midnight in UTC of the first day; the clock stands a minute before. */
  readonly dayMs: number;
  /**
   * Moves the clock to `HH:MM` of a day from 0 and waits for the run that comes due by a schedule.
   *
   * May be asked again: the same run is found.
   */
  comesDue(schedule: string, time: string, day?: number): Promise<ClosedRun>;
  stop(): Promise<void>;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const CLOSE_MS = 90_000;
const EVALUATIONS = 'battery_algorithm_eval_results';

export interface FleetDaysOptions extends TestPlatformOptions {
  /** Schedules that do not come due. That of evaluations does not either where there is no bucket. */
  readonly paused?: readonly string[];
  /** Services that the test runs as processes of their own, and whose clock it moves itself. */
  readonly except?: readonly ServiceName[];
  /** How long a run may take, default a minute and a half. */
  readonly closeMs?: number;
}

export async function startFleetDays(
  shards: ShardApiOptions,
  options: FleetDaysOptions = {},
): Promise<FleetDays> {
  const dayMs = recentTuesdayMs();
  const clock = new TestClock(dayMs - MINUTE_MS);
  const platform = await startFleetPlatform({ removedShare: 0, ...shards, clock: clock.nowMs }, options);
  let services: RunningServices | undefined;
  try {
    services = await startServices(platform, undefined, options.except, { now: clock.now });
    const withoutBucket = platform.evaluationsUrl === undefined ? [EVALUATIONS] : [];
    for (const schedule of [...(options.paused ?? []), ...withoutBucket]) {
      await setSchedulePaused(services.ledger, 'fleet', schedule, true, 'test');
    }
  } catch (error) {
    await services?.stop();
    await platform.stop();
    throw error;
  }
  return onClock(platform, services, { clock, dayMs, closeMs: options.closeMs ?? CLOSE_MS });
}

function onClock(
  platform: FleetPlatform,
  services: RunningServices,
  { clock, dayMs, closeMs }: { clock: TestClock; dayMs: number; closeMs: number },
): FleetDays {
  const truth = new FleetTruth(platform.fleet.shardApi.fleet);
  const comesDue = async (schedule: string, time: string, day = 0): Promise<ClosedRun> => {
    await seen(services, schedule);
    const logicalMs = dayMs + day * DAY_MS + millisOf(time);
    clock.atMs = Math.max(clock.atMs, logicalMs);
    const runId = await dueRun(services, schedule, new Date(logicalMs));
    return services.closed(runId, closeMs);
  };
  const stop = async (): Promise<void> => {
    await services.stop();
    await platform.stop();
  };
  return { platform, services, clock, truth, dayMs, comesDue, stop };
}

const millisOf = (time: string): number => Date.parse(`1970-01-01T${time}:00Z`);

/** A schedule has nothing to catch up with from before it was first seen. */
const seen = ({ ledger }: RunningServices, schedule: string): Promise<unknown> =>
  waitFor(
    async () => {
      const sql = `SELECT FROM ops.schedule_state WHERE pipeline = 'fleet' AND schedule = $1`;
      return (await ledger.rows(sql, [schedule])).length > 0;
    },
    { what: `the scheduler to see ${schedule}` },
  );

const dueRun = ({ ledger }: RunningServices, schedule: string, logicalTime: Date): Promise<string> =>
  waitFor(
    async () => {
      const sql = `SELECT run_id AS "runId" FROM ops.runs WHERE pipeline = 'fleet' AND schedule = $1 AND logical_time = $2`;
      return (await ledger.rows<{ runId: string }>(sql, [schedule, logicalTime]))[0]?.runId;
    },
    { what: `${schedule} to come due` },
  );
