import { afterEach, expect, test } from 'vitest';
import type { Step, StepProbe } from '#shared/lifecycle/step-probe.ts';
import { startFleetPlatform } from '#test/support/fleet-platform.ts';
import { startServices } from '#test/support/running-services.ts';
import { withClient } from '#test/support/with-client.ts';

const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Calls back the first time a file of device states has been written and not yet recorded. */
class AtFirstFile implements StepProbe {
  act: () => Promise<void> = async () => undefined;
  files = 0;

  async reached(step: Step, subject: string): Promise<void> {
    if (step !== 'extract.file-written' || subject !== 'device_states') return;
    this.files += 1;
    if (this.files === 1) await this.act();
  }
}

test('a slice that is superseded while its batch is written takes none of the others with it', async () => {
  const platform = await startFleetPlatform({ sizes: { s1: [4, 3, 2] }, shards: 5, removedShare: 0 });
  cleanups.push(() => platform.stop());
  const probe = new AtFirstFile();
  const services = await startServices(platform, probe);
  cleanups.push(() => services.stop());
  // As when the process slept for longer than its lease, and another one took the task.
  let superseded: string | undefined;
  probe.act = async () => {
    const [taken] = await services.ledger.rows<{ slice: string }>(
      `UPDATE ops.tasks SET attempt = attempt + 1, lease_until = now()
       WHERE task_id = (SELECT min(task_id) FROM ops.tasks WHERE kind = 'extract' AND stream = 'device_states' AND status = 'running')
       RETURNING slice`,
    );
    superseded = taken?.slice;
  };
  const closed = await services.run({ pipeline: 'fleet', streams: ['device_states'] });
  expect(superseded).toMatch(/^s1\//);
  const slices = closed.tasks.filter(({ kind, stream }) => kind === 'extract' && stream === 'device_states');
  expect(slices.map(({ status }) => status)).toEqual(slices.map(() => 'succeeded'));
  const attempts = (of: (slice: string) => boolean): number[] =>
    slices.filter(({ slice }) => of(slice)).map(({ attempt }) => attempt);
  expect(attempts((slice) => slice !== superseded)).toEqual([1, 1]);
  expect(attempts((slice) => slice === superseded)[0]).toBeGreaterThan(2);
  const [count] = await withClient(
    platform.warehouseUrl,
    async (client) =>
      (
        await client.query<{ rows: number; devices: number }>(
          'select count(*)::int as rows, count(distinct device_id)::int as devices from fleet_bronze.device_states',
        )
      ).rows,
  );
  expect(count).toEqual({ rows: 9, devices: 9 });
});
