import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { array, date, decimal, int32, int64, json, text, timestamptz } from '#shared/pipeline/field.ts';
import { sourceErrors } from '#shared/sources/postgres/errors.ts';
import { openPostgresSource, type PostgresSource } from '#shared/sources/postgres/open-postgres-source.ts';
import type { SourceStream } from '#shared/sources/postgres/window-query.ts';
import { type OwnPostgres, startOwnPostgres } from '#test/support/own-postgres.ts';
import { connected, ROWS_DDL, rowsStream } from './support.ts';

let server: OwnPostgres;
let admin: pg.Client;
let source: PostgresSource;

beforeAll(async () => {
  server = await startOwnPostgres();
  admin = await connected(server.url);
  await admin.query(ROWS_DDL);
  await admin.query("CREATE ROLE reader LOGIN PASSWORD 'secret'");
  source = openPostgresSource({ url: server.url, name: 'test', marginMs: 0 });
});

afterAll(async () => {
  await source?.close();
  await admin?.end();
  await server?.stop();
});

async function checkAs(user: string, streams: Record<string, SourceStream>): Promise<string> {
  const url = new URL(server.url);
  url.username = user;
  url.password = 'secret';
  const as = openPostgresSource({ url: url.href, name: 'test', marginMs: 0 });
  try {
    return (await as.check(streams)).join('\n');
  } finally {
    await as.close();
  }
}

const check = async (stream: SourceStream): Promise<string> => (await source.check({ s: stream })).join('\n');

const of = (name: string, fields: SourceStream['contract']['fields']): SourceStream => ({
  ...rowsStream,
  table: { schema: 'public', name },
  contract: { version: 1, key: ['id'], fields },
});

describe('check', () => {
  test('finds nothing where nothing is wrong', async () => {
    expect(await source.check({ rows: rowsStream })).toEqual([]);
  });

  test('says that the source cannot be reached, without throwing', async () => {
    const nowhere = openPostgresSource({ url: 'postgres://x:y@127.0.0.1:1/z', name: 'test', marginMs: 0 });
    expect((await nowhere.check({ rows: rowsStream })).join()).toContain('did not answer');
    await nowhere.close();
  });

  test('lists every problem of role, tables and columns at once', async () => {
    const problems = await checkAs('reader', {
      rows: rowsStream,
      gone: of('gone', { id: int64() }),
    });
    expect(problems).toContain('GRANT pg_read_all_stats TO "reader"');
    expect(problems).toContain('stream rows: no SELECT on public.rows.id');
    expect(problems).toContain('stream rows: no SELECT on what the cursor');
    expect(problems).toContain('stream gone: table public.gone does not exist');
  });

  test('accepts a grant on the columns of the contract and the cursor alone', async () => {
    await admin.query(
      'GRANT SELECT (id, note, updated_at) ON rows TO reader; GRANT pg_read_all_stats TO reader',
    );
    expect(await checkAs('reader', { rows: rowsStream })).toBe('');
  });

  test('compares types with the contract, domains, enums and arrays too', async () => {
    await admin.query(`CREATE DOMAIN money2 AS numeric(12,2); CREATE TYPE mood AS ENUM ('a');
      CREATE TABLE typed (id bigint, a money2, b numeric(12,4), c numeric, d mood, e text[], f integer, g jsonb,
                          h bytea, i float8, j money2[], updated_at timestamptz)`);
    const good = of('typed', {
      id: int64(),
      a: decimal(14, 2),
      c: decimal(38, 4),
      d: text(),
      e: array({ kind: 'text' }),
      f: int32(),
      g: json(),
      j: array({ kind: 'decimal', precision: 14, scale: 2 }),
    });
    expect(await check(good)).toBe('');
    const wrong = await check(
      of('typed', {
        id: int32(),
        a: decimal(14, 1),
        b: decimal(14, 2),
        e: text(),
        f: array({ kind: 'int32' }),
        h: text(),
        i: decimal(10, 2),
        updated_at: date(),
        missing: timestamptz(),
      }),
    );
    const words = [
      'typed.id is int8',
      'typed.a has 2 digits after the point, the contract 1',
      'typed.b has 4 digits after the point, the contract 2',
      'typed.e is an array of text',
      'typed.f is int4, not an array',
      'typed.h is bytea',
      'typed.i is float8',
      'typed.updated_at is timestamptz',
      'typed.missing does not exist',
    ];
    for (const one of words) expect(wrong).toContain(one);
    expect(wrong.split('\n')).toHaveLength(words.length);
  });

  test('refuses a cursor whose expression has another type, or none', async () => {
    const cursor = { ...rowsStream.cursor, expression: 'updated_at::timestamp' };
    expect(await check({ ...rowsStream, cursor })).toContain('not of type timestamptz');
    expect(await check({ ...rowsStream, cursor: { ...cursor, expression: 'nope' } })).toContain('42703');
    expect(await check({ ...rowsStream, cursor: { ...cursor, expression: 'id', type: 'int64' } })).toContain(
      'no safe bound',
    );
  });

  test('refuses tables whose rows appear when another server or a refresh decides', async () => {
    await admin.query('CREATE MATERIALIZED VIEW seen AS SELECT * FROM rows');
    expect(await check(of('seen', { id: int64() }))).toContain('materialized view');
  });

  test('refuses a table whose policies hide rows', async () => {
    await admin.query(
      'CREATE TABLE guarded (id bigint, updated_at timestamptz); GRANT SELECT ON guarded TO reader',
    );
    await admin.query('ALTER TABLE guarded ENABLE ROW LEVEL SECURITY');
    expect(await checkAs('reader', { s: of('guarded', { id: int64() }) })).toContain('row-level security');
  });

  test('names roles whose transactions are hidden', async () => {
    await admin.query('ALTER ROLE reader SET track_activities = off');
    expect((await source.check({})).join()).toContain('track_activities is off for role reader');
    await admin.query('ALTER ROLE reader RESET track_activities');
  });
});

test('a standby is refused, for the bound, the rows and the check', async () => {
  const standby = await startOwnPostgres();
  // An empty standby.signal is enough: the server then stays in recovery, waiting for log that never comes.
  await writeFile(join(standby.dataDir, 'standby.signal'), '');
  await standby.restart('fast');
  const from = openPostgresSource({ url: standby.url, name: 'test', marginMs: 0 });
  try {
    await expect(from.readBound({ previous: undefined })).rejects.toMatchObject({
      code: sourceErrors.standby.code,
    });
    expect((await from.check({})).join()).toContain('standby');
    const window = { from: null, to: null };
    await expect(from.readWindow({ stream: rowsStream, window })).rejects.toMatchObject({
      code: sourceErrors.standby.code,
    });
  } finally {
    await from.close();
    await standby.stop();
  }
});
