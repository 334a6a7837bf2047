import { afterAll, beforeAll, expect, test } from 'vitest';
import { tasksOf } from '#shared/ledger/tasks.ts';
import type { Step, StepProbe } from '#shared/lifecycle/step-probe.ts';
import { type FleetPlatform, startFleetPlatform } from '#test/support/fleet-platform.ts';
import { type RunningServices, startServices } from '#test/support/running-services.ts';
import { waitFor } from '#test/support/wait-for.ts';
import { withClient } from '#test/support/with-client.ts';

const SIZES = [2, 1];
const DEVICES = 3;
const STATES = { pipeline: 'fleet', streams: ['device_states'] } as const;

/** Has the next attempt to build models fail at a step, once something else was done there. */
class FailingAt implements StepProbe {
  #next: { readonly step: Step; readonly meanwhile: () => Promise<void> } | undefined;

  failAt(step: Step, meanwhile: () => Promise<void>): void {
    this.#next = { step, meanwhile };
  }

  async reached(step: Step): Promise<void> {
    const next = this.#next;
    if (next?.step !== step) return;
    this.#next = undefined;
    await next.meanwhile();
    throw new Error('the worker dies here');
  }
}

const probe = new FailingAt();
let platform: FleetPlatform;
let services: RunningServices;

beforeAll(async () => {
  platform = await startFleetPlatform({ sizes: SIZES, removedShare: 0 });
  services = await startServices(platform, probe);
  await services.run(STATES);
});
afterAll(async () => {
  await services?.stop();
  await platform?.stop();
});

const snapshotsIn = (relation: string, column: string) =>
  withClient(platform.warehouseUrl, async (client) => {
    const sql = `select sum(${column})::int as n from ${relation}`;
    return (await client.query<{ n: number }>(sql)).rows[0]?.n;
  });

/** Another run's rows are in bronze, and its models were told to wait for those being built: they come after the next attempt at these. */
const waits = (runId: string) =>
  waitFor(
    async () => {
      const tasks = await tasksOf(services.ledger, runId);
      return tasks.some(({ kind, notBefore }) => kind === 'models' && notBefore !== null);
    },
    { what: 'the models of another run to wait', timeoutMs: 30_000 },
  );

test.each([
  ['models.built', 3],
  ['models.published', 5],
] as const)(
  'rows that another run merged do not pass for built when a worker dies at %s',
  async (step, snapshots) => {
    let other = '';
    probe.failAt(step, async () => {
      other = await services.ask(STATES);
      await waits(other);
    });
    const { run } = await services.run(STATES);
    const { run: otherRun } = await services.closed(other);
    expect([run.status, otherRun.status]).toEqual(['succeeded', 'succeeded']);
    expect(await snapshotsIn('fleet_bronze.device_states', '1')).toBe(snapshots * DEVICES);
    expect(await snapshotsIn('fleet_silver.stg_last_updates_per_day', 'snapshot_count')).toBe(
      snapshots * DEVICES,
    );
    expect(await snapshotsIn('fleet_gold.last_updates_per_day', 'snapshot_count')).toBe(snapshots * DEVICES);
  },
);
