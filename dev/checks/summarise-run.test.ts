import { expect, test } from 'vitest';
import { summariseRun } from './summarise-run.ts';

const clean = { passed: 5, failed: 0, missing: new Map() };
const withoutRedis = {
  ...clean,
  missing: new Map([['redis-server', ['a.test.ts: queue [needs redis-server]']]]),
};

test('a clean run ends with its counts and success', () => {
  expect(summariseRun(clean, true, false)).toEqual({ lines: ['5 passed, 0 failed'], exitCode: 0 });
});

test('a failed test, a failed teardown and an empty run fail', () => {
  expect(summariseRun({ ...clean, failed: 2 }, false, false)).toEqual({
    lines: ['5 passed, 2 failed'],
    exitCode: 1,
  });
  expect(summariseRun(clean, false, true)).toEqual({ lines: ['5 passed, 1 failed'], exitCode: 1 });
  expect(summariseRun({ ...clean, passed: 0 }, false, false).exitCode).toBe(1);
});

test('a missing server is named with how to get it: success on a laptop, failure in CI', () => {
  const laptop = summariseRun(withoutRedis, false, false);
  expect(laptop.exitCode).toBe(0);
  expect(laptop.lines[0]).toContain('apt-get install redis-server');
  expect(laptop.lines[1]).toContain('a.test.ts: queue');
  expect(laptop.lines.at(-1)).toBe('5 passed, 0 failed');
  expect(summariseRun(withoutRedis, true, false).exitCode).toBe(1);
});
