import { expect, test } from 'vitest';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import type { PipelineDeclaration } from '#shared/pipeline/declaration.ts';
import { planRun } from './plan-run.ts';

const schedule = { cron: '0 5 * * *', tz: 'America/Sao_Paulo', streams: ['b', 'a'], layers: ['silver'] };
const pipeline = {
  name: 'p',
  streams: { a: {}, b: {} },
  schedules: { daily: schedule },
} as unknown as PipelineDeclaration;
const logicalTime = new Date('2026-03-02T02:00:00Z');

test('a schedule brings its streams, layers and the day of its zone', () => {
  const plan = planRun(pipeline, { kind: 'scheduled', schedule: 'daily', logicalTime });
  expect(plan).toMatchObject({
    streams: ['a', 'b'],
    layers: ['silver'],
    asOf: '2026-03-01',
    ingestionDate: '2026-03-02',
  });
  expect(plan.slices).toEqual([
    { stream: 'a', slice: '', shard: 'main' },
    { stream: 'b', slice: '', shard: 'main' },
  ]);
});

test('the same request is the same run; an idempotency key outweighs the time', () => {
  const first = planRun(pipeline, { kind: 'manual', logicalTime, idempotencyKey: 'k' });
  const later = planRun(pipeline, { kind: 'manual', logicalTime: new Date(), idempotencyKey: 'k' });
  expect(later.runId).toBe(first.runId);
  expect(planRun(pipeline, { kind: 'manual', logicalTime, idempotencyKey: 'other' }).runId).not.toBe(
    first.runId,
  );
});

test('an unknown stream is refused with the names there are', () => {
  const planning = () => planRun(pipeline, { kind: 'manual', logicalTime, streams: ['c'] });
  expect(planning).toThrow(PenstockError);
  expect(planning).toThrow('known=a, b');
});
