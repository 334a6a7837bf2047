import { expect, test } from 'vitest';
import { stackFrames } from './stack-frames.ts';

test('frames tell where an error comes from', () => {
  const frames = stackFrames(new Error('x'));
  expect(frames[0]).toMatch(/^ {4}at .*stack-frames\.test\.ts:\d+:\d+/);
  expect(stackFrames(new Error(''), 1)).toHaveLength(1);
  expect(stackFrames(new Error('x'), 2)).toHaveLength(2);
});

test('lines of a message are no frames, whatever they look like', () => {
  const hostile = 'broken:\n    at PII-0123 (file:///PII-4567.ts:1:1)\n\tat PII-89ab';
  const errors = [
    new Error(hostile),
    new TypeError(hostile, { cause: new Error(hostile) }),
    Object.assign(new Error(hostile), { code: 'ERR_X', name: 'Other' }),
    Object.assign(new Error(hostile), { message: 'changed later' }),
    new AggregateError([new Error(hostile)], hostile),
  ];
  for (const error of errors) expect(stackFrames(error).join('\n')).not.toContain('PII');
  expect(stackFrames(errors[0]).length).toBeGreaterThan(0);
});

test('what is no error, or has no stack, has no frames', () => {
  expect(stackFrames('    at PII-0123')).toEqual([]);
  expect(stackFrames({ stack: '    at PII-0123', message: '' })).toEqual([]);
  expect(stackFrames(Object.assign(new Error('x'), { stack: 5 }))).toEqual([]);
});
