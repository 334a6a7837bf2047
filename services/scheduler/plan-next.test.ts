import { expect, test } from 'vitest';
import type { TaskKind, TaskStatus } from '#shared/contracts/task.ts';
import { closingStatus, planNext } from './plan-next.ts';

const read = (...names: string[]) => names.map((name) => ({ name, isListed: false }));
const listed = (...names: string[]) => names.map((name) => ({ name, isListed: true }));
const task = (kind: TaskKind, stream: string, status: TaskStatus) => ({ kind, stream, status });

test('a stream loads only when every slice is done or given up', () => {
  const open = [task('extract', 'a', 'succeeded'), task('extract', 'a', 'running')];
  expect(planNext(read('a'), true, open)).toEqual({ step: 'wait' });
  const done = [task('extract', 'a', 'succeeded'), task('extract', 'a', 'failed')];
  expect(planNext(read('a'), true, done)).toEqual({ step: 'insert', tasks: [{ kind: 'load', stream: 'a' }] });
});

test('one stream does not wait for another', () => {
  const tasks = [task('extract', 'a', 'no_changes'), task('extract', 'b', 'running')];
  expect(planNext(read('a', 'b'), true, tasks)).toEqual({
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
  expect(planNext(read('a', 'b'), true, tasks)).toEqual({
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
  expect(planNext(read('a'), false, tasks)).toEqual({ step: 'close' });
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

test('a listed stream waits for every shard to be discovered, and a shard that could not be is no obstacle', () => {
  const asking = [
    task('discover', '', 'succeeded'),
    task('discover', '', 'running'),
    task('extract', 'a', 'succeeded'),
  ];
  expect(planNext(listed('a'), true, asking)).toEqual({ step: 'wait' });
  const asked = [
    task('discover', '', 'succeeded'),
    task('discover', '', 'failed'),
    task('extract', 'a', 'succeeded'),
  ];
  expect(planNext(listed('a'), true, asked)).toEqual({
    step: 'insert',
    tasks: [{ kind: 'load', stream: 'a' }],
  });
});

test('a run that reached no shard still builds its models, and has failed', () => {
  const nothing = [task('discover', '', 'failed')];
  expect(planNext(listed('a'), true, nothing)).toEqual({
    step: 'insert',
    tasks: [{ kind: 'models', stream: '' }],
  });
  expect(closingStatus([...nothing, task('models', '', 'succeeded')], true)).toBe('failed');
});

test('what a retry holds goes on in order: load, then merge, then models', () => {
  const held = (kind: TaskKind, stream: string) => ({ ...task(kind, stream, 'pending'), held: true });
  const back = [held('load', 'a'), held('merge', 'a'), held('models', '')];
  const waiting = [task('extract', 'a', 'running'), ...back];
  expect(planNext(read('a'), true, waiting)).toEqual({ step: 'wait' });
  const read1 = [task('extract', 'a', 'succeeded'), ...back];
  expect(planNext(read('a'), true, read1)).toEqual({
    step: 'insert',
    tasks: [{ kind: 'load', stream: 'a' }],
  });
  const loaded = [task('extract', 'a', 'succeeded'), task('load', 'a', 'succeeded'), ...back.slice(1)];
  expect(planNext(read('a'), true, loaded)).toEqual({
    step: 'insert',
    tasks: [{ kind: 'merge', stream: 'a' }],
  });
});
