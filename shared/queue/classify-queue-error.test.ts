import { expect, test } from 'vitest';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { classifyQueueError } from './classify-queue-error.ts';
import { queueErrors } from './errors.ts';

const coded = (code: string, message = 'some message'): Error => Object.assign(new Error(message), { code });

test.each([
  [coded('ECONNREFUSED'), 'QUEUE_UNREACHABLE'],
  [coded('57P01'), 'QUEUE_UNREACHABLE'],
  [coded('08006'), 'QUEUE_UNREACHABLE'],
  [new AggregateError([coded('ECONNREFUSED'), coded('ECONNREFUSED')]), 'QUEUE_UNREACHABLE'],
  [new Error('Command timed out'), 'QUEUE_UNREACHABLE'],
  [new Error('Query read timeout'), 'QUEUE_UNREACHABLE'],
  [new Error('wrapped', { cause: coded('ECONNRESET') }), 'QUEUE_UNREACHABLE'],
  [coded('42P01'), 'QUEUE_NOT_MIGRATED'],
  [coded('42501'), 'QUEUE_PERMISSION_DENIED'],
  [coded('28P01'), 'QUEUE_PERMISSION_DENIED'],
  [new Error('NOAUTH Authentication required.'), 'QUEUE_PERMISSION_DENIED'],
  [new Error("OOM command not allowed when used memory > 'maxmemory'."), 'QUEUE_SERVER_FULL'],
  [coded('53100'), 'QUEUE_SERVER_FULL'],
  [new Error('Missing lock for job x. moveToFinished'), 'QUEUE_JOB_LOCK_LOST'],
  [new Error('anything else'), 'QUEUE_OPERATION_FAILED'],
  ['a string', 'QUEUE_OPERATION_FAILED'],
])('%s is %s', (error, code) => {
  expect(classifyQueueError(error, 'test').code).toBe(code);
});

test('the message of the other library stays in the cause', () => {
  const error = coded('22P02', 'invalid input "12345678000195"');
  const classified = classifyQueueError(error, 'enqueue');
  expect(classified.message).not.toContain('12345678000195');
  expect(classified.cause).toBe(error);
  expect(classified.facts).toEqual({ operation: 'enqueue', code: '22P02' });
});

test('a PenstockError passes unchanged', () => {
  const error = new PenstockError(queueErrors.closed);
  expect(classifyQueueError(error, 'enqueue')).toBe(error);
});
