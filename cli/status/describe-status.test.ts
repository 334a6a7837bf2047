import { expect, test } from 'vitest';
import { describeStatus } from './describe-status.ts';
import type { StatusReport, WatermarkStatus } from './status-report.ts';

const NOTHING: StatusReport = {
  ...{ services: [], openRuns: [], queues: [], queueProblems: [], watermarks: [], slices: [] },
  ...{ slicesNotFresh: [], quarantined: [], rejects: [], deadLetters: [] },
};
const AT = '2026-11-21T10:00:00.000Z';

const watermark = (stream: string, slice: string, lagMs: number): WatermarkStatus => ({
  ...{ pipeline: 'fleet', stream, slice, lagMs, movedAt: AT, runId: 'r1' },
  watermark: new Date(Date.parse(AT) - lagMs).toISOString(),
});

test('few watermarks stand one by one; of many slices the one furthest behind does', () => {
  const many = Array.from({ length: 400 }, (_, n) =>
    watermark('device_states', `s1/c-${n}`, 1_000 * (n % 7)),
  );
  const text = describeStatus({
    ...NOTHING,
    watermarks: [
      watermark('registry', '', 60_000),
      ...many.toSpliced(200, 1, watermark('device_states', 's2/late', 90_000)),
    ],
  });
  expect(text).toContain('registry');
  expect(text).toMatch(/device_states, the last of 400 slices +2026-11-21T09:58:30.000Z +1 min 30 s/);
  expect(text.split('\n').length).toBeLessThan(12);
});

test('slices are counted by stream, and those that are not fresh are named with how to get them', () => {
  const notFresh = Array.from({ length: 12 }, (_, n) => ({
    ...{ pipeline: 'fleet', stream: 'device_states', slice: `s2/c-${n}`, status: 'stale' as const },
    ...{ reason: 'its shard is down', lastSuccessAt: n === 0 ? null : AT, runId: 'r7' },
  }));
  const counts = { fresh: 1_388, incomplete: 0, stale: 12, missing: 1, oldestSuccessAt: null };
  const text = describeStatus({
    ...NOTHING,
    slices: [
      {
        ...{ pipeline: 'fleet', stream: 'device_states', ...counts },
        ...{ expectedEntities: 100_000, answeredEntities: 97_000 },
      },
    ],
    slicesNotFresh: notFresh,
  });
  expect(text).toMatch(/device_states +1 388 +0 +12 +1 +97 000 of 100 000 +not yet/);
  expect(text).toMatch(/fleet device_states\/s2\/c-0 +stale +never +r7 +its shard is down/);
  expect(text).toContain('penstock retry <run>');
  expect(text).not.toContain('c-10');
  expect(text).toContain('--json names 12');
});

test('nothing to tell is told in words', () => {
  expect(describeStatus(NOTHING)).toBe('\nno service is alive\n\nno run is open\n');
});
