import { expect, test } from 'vitest';
import { toCallError } from './transport-error.ts';

const facts = { shard: 's1', endpoint: '/v1' };
const never = new AbortController().signal;
const coded = (code: string, message = 'MARK') => Object.assign(new Error(message), { code, data: 'MARK' });

test.each([
  [coded('ECONNREFUSED'), 'HTTP_UNREACHABLE', 'ECONNREFUSED'],
  [coded('UND_ERR_CONNECT_TIMEOUT'), 'HTTP_UNREACHABLE', 'UND_ERR_CONNECT_TIMEOUT'],
  [coded('DEPTH_ZERO_SELF_SIGNED_CERT'), 'HTTP_UNREACHABLE', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  [new AggregateError([coded('ENOTFOUND')], 'MARK'), 'HTTP_UNREACHABLE', 'ENOTFOUND'],
  [
    Object.assign(new TypeError('MARK'), { cause: coded('EHOSTUNREACH') }),
    'HTTP_UNREACHABLE',
    'EHOSTUNREACH',
  ],
  [coded('ECONNRESET'), 'HTTP_CONNECTION_BROKEN', 'ECONNRESET'],
  [coded('UND_ERR_SOCKET'), 'HTTP_CONNECTION_BROKEN', 'UND_ERR_SOCKET'],
  [coded('HPE_INVALID_CHUNK_SIZE'), 'HTTP_CONNECTION_BROKEN', 'HPE_INVALID_CHUNK_SIZE'],
  [coded('Z_DATA_ERROR'), 'HTTP_MALFORMED_BODY', 'Z_DATA_ERROR'],
  [coded('MARK secret'), 'HTTP_CONNECTION_BROKEN', 'Error'],
  [new TypeError('MARK'), 'HTTP_CONNECTION_BROKEN', 'TypeError'],
  ['MARK', 'HTTP_CONNECTION_BROKEN', 'string'],
])('%o is named, not quoted', (error, code, reason) => {
  const known = toCallError(error, facts, never) as Error;
  expect(known).toMatchObject({ code, retry: 'retryable', facts: { ...facts, reason } });
  expect(`${known.stack}${JSON.stringify(known)}${String(known.cause)}`).not.toContain('MARK');
});

test('an abort is thrown as its reason', () => {
  expect(toCallError(coded('ECONNRESET'), facts, AbortSignal.abort('why'))).toBe('why');
});
