import { expect, test } from 'vitest';
import type { PayloadOf } from '#shared/contracts/jobs.ts';
import { describeQueueBackends, useQueueBench } from '#test/support/queue-backends.ts';
import { rawQueue } from '#test/support/raw-queue.ts';
import { waitFor } from '#test/support/wait-for.ts';

const bad = { taskId: 'secret value', generation: 0, extra: 'also secret' };

describeQueueBackends('malformed payload', (kind) => {
  const bench = useQueueBench(kind);

  test('on enqueue is refused and recorded by field names only', async () => {
    const port = await bench.open();
    const queue = bench.name();
    const refused = port.enqueue(queue, 'noop', bad);
    await expect(refused).rejects.toMatchObject({ code: 'QUEUE_PAYLOAD_INVALID', retry: 'terminal' });
    expect(bench.letters).toEqual([
      {
        queue,
        jobName: 'noop',
        jobId: undefined,
        reason: 'taskId: invalid_format; payload: unrecognized_keys extra',
        fields: ['taskId', 'generation', 'extra'],
      },
    ]);
    expect((await port.counts(queue)).waiting).toBe(0);
  });

  test('among many keeps all of them out', async () => {
    const port = await bench.open();
    const queue = bench.name();
    const many = [
      { taskId: '1', generation: 0 },
      { taskId: '2', generation: -1 },
    ];
    await expect(port.enqueueMany(queue, 'noop', many)).rejects.toMatchObject({
      code: 'QUEUE_PAYLOAD_INVALID',
    });
    expect((await port.counts(queue)).waiting).toBe(0);
    expect(bench.letters).toHaveLength(1);
  });

  test('on a nudge is refused alike', async () => {
    const port = await bench.open();
    const nudge = port.nudge(bench.name(), 'advanceRun', { runId: '' });
    await expect(nudge).rejects.toMatchObject({ code: 'QUEUE_PAYLOAD_INVALID' });
    expect(bench.letters).toHaveLength(1);
  });

  test('on dequeue becomes a dead letter, acknowledged once and visible', async () => {
    const port = await bench.open();
    const queue = bench.name();
    let handled = 0;
    const noop = async (): Promise<void> => {
      handled += 1;
    };
    const raw = await rawQueue(port, queue);
    await raw.add('noop', bad, { jobId: 'noop-bad', attempts: 3 });
    await port.work(queue, { noop }, { concurrency: 1 });
    await waitFor(async () => (await port.counts(queue)).completed === 1, { what: 'the acknowledgement' });
    expect(bench.letters).toMatchObject([{ queue, jobName: 'noop', jobId: 'noop-bad' }]);
    expect(JSON.stringify(bench.letters)).not.toContain('secret');
    expect((await raw.getJob('noop-bad'))?.returnvalue).toMatchObject({
      deadLetter: expect.stringContaining('taskId'),
    });
    expect(handled).toBe(0);
  });

  test('of an unknown name, or one this worker does not handle, becomes a dead letter too', async () => {
    const port = await bench.open();
    const queue = bench.name();
    await (await rawQueue(port, queue)).add('no-such-job', null, { jobId: 'stranger' });
    await port.enqueue(queue, 'load', { taskId: '1', generation: 0 });
    await port.work(queue, { noop: async () => undefined }, { concurrency: 1 });
    await waitFor(() => bench.letters.length === 2, { what: 'both dead letters' });
    const reasons = Object.fromEntries(bench.letters.map((letter) => [letter.jobName, letter.reason]));
    expect(reasons).toEqual({
      'no-such-job': 'no such job in the catalogue',
      load: 'this worker handles no such job',
    });
  });

  test('is kept while the dead-letter record cannot be written', async () => {
    let writable = false;
    const written: string[] = [];
    const record = async ({ jobId }: { jobId: string | undefined }): Promise<void> => {
      if (!writable) throw new Error('the ledger is away');
      written.push(jobId ?? '');
    };
    const port = await bench.open({ dead: { record } });
    const queue = bench.name();
    await port.work(queue, { noop: async () => undefined }, { concurrency: 1 });
    await (await rawQueue(port, queue)).add('noop', bad, { jobId: 'kept' });
    await waitFor(async () => (await port.counts(queue)).delayed === 1, { what: 'the job to go back' });
    expect((await port.present(queue, ['kept'])).has('kept')).toBe(true);
    writable = true;
    await waitFor(() => written.length === 1, { what: 'the record' });
    await waitFor(async () => (await port.counts(queue)).completed === 1, { what: 'the acknowledgement' });
    expect(written).toEqual(['kept']);
  });

  test('does not keep good jobs behind it from running', async () => {
    const port = await bench.open();
    const queue = bench.name();
    const ran: string[] = [];
    const noop = async ({ taskId }: PayloadOf<'noop'>): Promise<void> => void ran.push(taskId);
    await (await rawQueue(port, queue)).add('noop', bad);
    await port.enqueue(queue, 'noop', { taskId: '5', generation: 0 });
    await port.work(queue, { noop }, { concurrency: 1 });
    await waitFor(() => ran.length === 1, { what: 'the good job' });
    expect(bench.letters).toHaveLength(1);
  });
});
