import pg from 'pg';
import { expect, test } from 'vitest';
import { PenstockError } from './penstock-error.ts';
import { constraintOf, postgresErrors, sqlstateOf, toPostgresError } from './postgres-error.ts';

function serverError(code: string, message = 'value "secret" is bad'): pg.DatabaseError {
  const error = new pg.DatabaseError(message, 1, 'error');
  return Object.assign(error, {
    code,
    severity: 'ERROR',
    detail: 'Key (id)=(secret) exists',
    constraint: 'c1',
  });
}

test.each([
  ['08006', 'POSTGRES_UNAVAILABLE', 'retryable'],
  ['57P01', 'POSTGRES_UNAVAILABLE', 'retryable'],
  ['57P03', 'POSTGRES_UNAVAILABLE', 'retryable'],
  ['25006', 'POSTGRES_UNAVAILABLE', 'retryable'],
  ['53300', 'POSTGRES_EXHAUSTED', 'retryable'],
  ['40001', 'POSTGRES_CONFLICT', 'retryable'],
  ['40P01', 'POSTGRES_CONFLICT', 'retryable'],
  ['55P03', 'POSTGRES_CONFLICT', 'retryable'],
  ['57014', 'POSTGRES_CANCELLED', 'unknown'],
  ['28P01', 'POSTGRES_DENIED', 'terminal'],
  ['3D000', 'POSTGRES_DENIED', 'terminal'],
  ['42501', 'POSTGRES_DENIED', 'terminal'],
  ['23505', 'POSTGRES_CONSTRAINT', 'terminal'],
  ['22P02', 'POSTGRES_DATA', 'terminal'],
  ['42P01', 'POSTGRES_STATEMENT', 'terminal'],
  ['XX000', 'POSTGRES_UNKNOWN', 'unknown'],
])('SQLSTATE %s is %s, %s', (sqlstate, code, retry) => {
  expect(toPostgresError(serverError(sqlstate))).toMatchObject({ code, retry, facts: { sqlstate } });
});

test.each([
  Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }),
  Object.assign(new Error('write'), { code: 'EPIPE' }),
  new AggregateError([Object.assign(new Error('x'), { code: 'ECONNREFUSED' })]),
  new Error('Connection terminated unexpectedly'),
  new Error('timeout exceeded when trying to connect'),
  new Error('Query read timeout'),
])('%s means that the server cannot be reached', (error) => {
  expect(toPostgresError(error)).toMatchObject({ code: 'POSTGRES_UNAVAILABLE', retry: 'retryable' });
});

test('what is not from PostgreSQL gets few attempts', () => {
  expect(toPostgresError(new TypeError('x is undefined'))).toMatchObject({
    code: 'POSTGRES_UNKNOWN',
    retry: 'unknown',
  });
});

test('a PenstockError passes unchanged', () => {
  const error = new PenstockError(postgresErrors.conflict);
  expect(toPostgresError(error)).toBe(error);
});

test('constraint and SQLSTATE are known before and after', () => {
  for (const error of [serverError('23505'), toPostgresError(serverError('23505'))]) {
    expect([sqlstateOf(error), constraintOf(error)]).toEqual(['23505', 'c1']);
  }
});

test('values stay behind, in message, facts and cause', () => {
  for (const code of ['23505', '22P02', 'XX000']) {
    const error = toPostgresError(serverError(code, 'value "secret\n    at secret (x.ts:1:1)" is bad'));
    const { cause } = error;
    const shown = [
      error.message,
      error.stack,
      JSON.stringify(error.facts),
      cause instanceof Error ? cause.stack : '',
    ];
    expect(shown.join('\n')).not.toContain('secret');
  }
});

test('what the server says of a statement is kept', () => {
  const error = toPostgresError(serverError('42P01', 'relation "gold.x" does not exist'));
  expect(error.facts['said']).toBe('relation "gold.x" does not exist');
});

test.each([
  ['22012', 'division by zero', 'division by zero'],
  ['22P02', 'invalid input syntax for type integer: "secret"', 'invalid input syntax for type integer'],
  [
    '22007',
    'invalid input syntax for type timestamp with time zone: "secret"',
    'invalid input syntax for type timestamp with time zone',
  ],
  ['22008', 'date/time field value out of range: "secret"', 'date/time field value out of range'],
  ['22003', 'integer out of range', 'integer out of range'],
  ['22001', 'value too long for type character varying(3)', 'value too long for type character varying(3)'],
  [
    '21000',
    'more than one row returned by a subquery used as an expression',
    'more than one row returned by a subquery used as an expression',
  ],
  ['22003', 'value "secret" is out of range for type integer', undefined],
  ['22000', 'division by zero of secret', undefined],
  ['22021', 'invalid byte sequence for encoding "UTF8": 0xsecret', undefined],
])('of %s, %s, what holds no value is passed on', (sqlstate, message, said) => {
  const error = toPostgresError(serverError(sqlstate, message));
  expect(error.facts['said']).toBe(said);
  expect(error.message).not.toContain('secret');
});
