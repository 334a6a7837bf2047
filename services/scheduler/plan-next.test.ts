import { expect, test } from 'vitest';
import type { TaskKind, TaskStatus } from '#shared/contracts/task.ts';
import { closingStatus, planNext } from './plan-next.ts';

const task = (kind: TaskKind, stream: string, status: TaskStatus) => ({ kind, stream, status });

test('a stream loads only when every slice is done or given up', () => {
  const open = [task('extract', 'a', 'succeeded'), task('extract', 'a', 'running')];
  expect(planNext(['a'], true, open)).toEqual({ step: 'wait' });
  const done = [task('extract', 'a', 'succeeded'), task('extract', 'a', 'failed')];
  expect(planNext(['a'], true, done)).toEqual({ step: 'insert', tasks: [{ kind: 'load', stream: 'a' }] });
});

test('one stream does not wait for another', () => {
  const tasks = [task('extract', 'a', 'no_changes'), task('extract', 'b', 'running')];
  expect(planNext(['a', 'b'], true, tasks)).toEqual({
    step: 'insert',
    tasks: [{ kind: 'load', stream: 'a' }],
  });
});

test('a failed load ends its stream without a merge, and the models still run', () => {
  const tasks = [
    task('extract', 'a', 'succeeded'),
    task('load', 'a', 'failed'),
    task('extract', 'b', 'succeeded'),
    task('load', 'b', 'succeeded'),
    task('merge', 'b', 'succeeded'),
  ];
  expect(planNext(['a', 'b'], true, tasks)).toEqual({
    step: 'insert',
    tasks: [{ kind: 'models', stream: '' }],
  });
  expect(closingStatus([...tasks, task('models', '', 'succeeded')], false)).toBe('partial');
});

test('a run without layers closes after its merges', () => {
  const tasks = [
    task('extract', 'a', 'succeeded'),
    task('load', 'a', 'succeeded'),
    task('merge', 'a', 'succeeded'),
  ];
  expect(planNext(['a'], false, tasks)).toEqual({ step: 'close' });
});

test('nothing is green that is not', () => {
  const done = [
    task('extract', 'a', 'succeeded'),
    task('load', 'a', 'succeeded'),
    task('merge', 'a', 'succeeded'),
  ];
  expect(closingStatus(done, false)).toBe('succeeded');
  expect(closingStatus(done, true)).toBe('partial');
  expect(closingStatus([...done, task('models', '', 'failed')], false)).toBe('failed');
  expect(closingStatus([task('extract', 'a', 'failed')], false)).toBe('failed');
  expect(
    closingStatus(
      done.map((one) => ({ ...one, status: 'no_changes' as const })),
      false,
    ),
  ).toBe('no_changes');
});
