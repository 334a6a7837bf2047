import { afterAll, beforeAll, expect, test } from 'vitest';
import { fillOltp } from '#dev/oltp/fill.ts';
import { queues } from '#shared/contracts/jobs.ts';
import { AGREES, compareWithSource } from '#test/support/compare-layers.ts';
import { GateProbe } from '#test/support/gate-probe.ts';
import { describeOverQueues } from '#test/support/queue-kinds.ts';
import { type RunningServices, startServices } from '#test/support/running-services.ts';
import { startTestPlatform, type TestPlatform } from '#test/support/test-platform.ts';
import { waitFor } from '#test/support/wait-for.ts';
import { withClient } from '#test/support/with-client.ts';

const schedule = 'bronze';
const TODAY = '2026-03-31';

describeOverQueues('work that is done twice', (queue) => {
  let platform: TestPlatform;
  let services: RunningServices;
  let probe: GateProbe;

  beforeAll(async () => {
    platform = await startTestPlatform({ queue });
    await fillOltp(platform.oltpUrl, { companies: 50, installments: 300, seed: 11, today: TODAY });
    probe = new GateProbe();
    services = await startServices(platform, probe);
    await services.run({ schedule });
  });
  afterAll(async () => {
    await services.stop();
    await platform.stop();
  });

  const bronzeState = () =>
    withClient(platform.warehouseUrl, async (client) => {
      const { rows } = await client.query(
        'select id, _version, _loaded_at::text, _run_id from credit_bronze.installments order by id',
      );
      return rows;
    });
  const changeAmounts = (factor: number) =>
    withClient(platform.oltpUrl, (client) =>
      client.query('update oltp.installments set amount = coalesce(amount, 0) + $1 where id <= 20', [factor]),
    );
  const nextDay = (days: number) => new Date(Date.now() + days * 86_400_000);

  test('a rerun of the same data writes nothing', async () => {
    const before = await bronzeState();
    const { run } = await services.run({ schedule });
    expect(run.status).toBe('no_changes');
    expect(await bronzeState()).toEqual(before);
  });

  test('jobs delivered again after their task has ended change nothing', async () => {
    await changeAmounts(1);
    const { tasks, run } = await services.run({ schedule, logicalTime: nextDay(1) });
    const before = await bronzeState();
    for (const { kind, taskId } of tasks) {
      const name =
        kind === 'extract' ? queues.extract('main') : kind === 'load' ? queues.load : queues.transform;
      await services.queue.enqueue(name, kind, { taskId, generation: 77 });
    }
    await waitFor(
      async () =>
        (
          await Promise.all(
            [queues.extract('main'), queues.load, queues.transform].map((name) =>
              services.queue.counts(name),
            ),
          )
        ).every(({ waiting, active }) => waiting + active === 0),
      { what: 'the repeated jobs to be taken' },
    );
    const again = await services.closed(run.runId);
    expect(again.tasks.map(({ attempt }) => attempt)).toEqual(tasks.map(({ attempt }) => attempt));
    expect(await bronzeState()).toEqual(before);
  });

  test('two runs at once end with the rows of the source, each once', async () => {
    await changeAmounts(2);
    const both = await Promise.all([
      services.ask({ schedule, logicalTime: nextDay(2) }),
      services.ask({ schedule, logicalTime: new Date(nextDay(2).getTime() + 1) }),
    ]);
    for (const runId of both)
      expect((await services.closed(runId)).run.status).toMatch(/succeeded|no_changes/);
    expect(await compareWithSource(platform, 'installments')).toEqual(AGREES);
    expect(await compareWithSource(platform, 'cnpj_ws')).toEqual(AGREES);
  });

  test('a run that merges while another holds its own hashed table does not mix their rows', async () => {
    await changeAmounts(4);
    const gate = probe.hold('merge.started', 'installments');
    const older = await services.ask({ schedule, logicalTime: nextDay(3) });
    await gate.arrived;
    await changeAmounts(8);
    const newer = await services.ask({ schedule, logicalTime: nextDay(4) });
    await waitFor(() => probe.passed.filter((step) => step === 'load.archived:installments').length >= 2, {
      what: 'the newer run to load',
      timeoutMs: 30_000,
    });
    gate.open();
    for (const runId of [older, newer])
      expect((await services.closed(runId)).run.status).toMatch(/succeeded|no_changes/);
    expect(await compareWithSource(platform, 'installments')).toEqual(AGREES);
  });

  test('one idempotency key is one run', async () => {
    const first = await services.ask({ schedule, idempotencyKey: 'the-same' });
    const second = await services.ask({ schedule, idempotencyKey: 'the-same', logicalTime: nextDay(9) });
    expect(second).toBe(first);
    await services.closed(first);
  });
});
