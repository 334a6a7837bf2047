import { S3ServiceException } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { s3FaultOf } from './s3-fault.ts';

const answer = (name: string, httpStatusCode: number, message = 'a sentence with SECRET'): Error =>
  new S3ServiceException({ name, $fault: 'client', message, $metadata: { httpStatusCode } });

test.each([
  ['NoSuchKey', 404, 'missing'],
  ['NoSuchUpload', 404, 'missing'],
  ['NoSuchBucket', 404, 'no-bucket'],
  ['PreconditionFailed', 412, 'precondition'],
  ['ConditionalRequestConflict', 409, 'busy'],
  ['SlowDown', 503, 'busy'],
  ['AccessDenied', 403, 'denied'],
  ['SignatureDoesNotMatch', 403, 'denied'],
  ['PermanentRedirect', 301, 'denied'],
  ['BadDigest', 400, 'damaged'],
  ['QuotaExceeded', 403, 'full'],
  ['RequestTimeout', 400, 'unreachable'],
  ['InternalError', 500, 'unreachable'],
  ['SomethingNew', 400, 'unknown'],
  ['SomethingNew', 404, 'unknown'],
])('%s (%i) is %s', (name, status, kind) => {
  expect(s3FaultOf(answer(name, status))).toEqual({ kind, code: name, status });
});

test.each([
  [404, 'missing'],
  [412, 'precondition'],
  [403, 'denied'],
  [429, 'busy'],
  [507, 'full'],
  [502, 'unreachable'],
  [418, 'unknown'],
])('an answer without a body goes by its status: %i is %s', (status, kind) => {
  expect(s3FaultOf(answer('UnknownError', status))?.kind).toBe(kind);
});

test.each([
  Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }),
  Object.assign(new Error('aborted'), { code: 'ECONNRESET' }),
  new AggregateError([Object.assign(new Error('x'), { code: 'ECONNREFUSED' })]),
  new Error('wrapped', { cause: Object.assign(new Error('x'), { code: 'EPIPE' }) }),
  Object.assign(new Error('slow'), { name: 'TimeoutError' }),
])('%s means that the server cannot be reached', (error) => {
  expect(s3FaultOf(error)).toMatchObject({ kind: 'unreachable', status: undefined });
});

test('what is not from a server is no fault of one', () => {
  expect(s3FaultOf(new TypeError('x is undefined'))).toBeUndefined();
  expect(s3FaultOf(Object.assign(new Error('x'), { code: 'ENOENT' }))).toBeUndefined();
  expect(s3FaultOf('text')).toBeUndefined();
});

test('a server’s words are not repeated, in place of a code either', () => {
  const fault = s3FaultOf(answer('a sentence with SECRET', 400));
  expect(JSON.stringify(fault)).not.toContain('SECRET');
});
