import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sourceErrors } from '#shared/sources/postgres/errors.ts';
import { openPostgresSource, type PostgresSource } from '#shared/sources/postgres/open-postgres-source.ts';
import type { CsvPart } from '#shared/sources/postgres/part-file.ts';
import { splitCsvParts } from '#shared/sources/postgres/split-csv-parts.ts';
import { type OwnPostgres, startOwnPostgres } from '#test/support/own-postgres.ts';
import { waitFor } from '#test/support/wait-for.ts';
import { connected, ROWS_DDL, rowsStream } from './support.ts';

let server: OwnPostgres;
let admin: pg.Client;
let source: PostgresSource;
let workDir: string;

const everything = { from: null, to: null };

beforeAll(async () => {
  server = await startOwnPostgres();
  admin = await connected(server.url);
  await admin.query(ROWS_DDL);
  source = openPostgresSource({ url: server.url, name: 'test', marginMs: 0 });
});

afterAll(async () => {
  await source?.close();
  await admin?.end();
  await server?.stop();
});

beforeEach(async () => {
  await admin.query('TRUNCATE rows');
  workDir = await mkdtemp(join(tmpdir(), 'penstock-parts-'));
});

afterEach(() => rm(workDir, { recursive: true, force: true }));

const HOSTILE = [
  '"',
  '\n',
  '\r\n',
  ',',
  '""',
  '\\',
  '\\.',
  '\n"\n',
  ' ',
  'é',
  '\u{1f600}',
  'x',
  '"\n',
  ',"',
  '\t',
  '',
];

/** Deterministic values made of what breaks CSV readers, some longer than a network chunk. */
function hostileValues(count: number): (string | null)[] {
  let state = 7;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 16) % below;
  };
  return Array.from({ length: count }, () => {
    if (random(20) === 0) return null;
    const length = random(200) === 0 ? 60_000 : random(12);
    return Array.from({ length }, () => HOSTILE[random(HOSTILE.length)] ?? '').join('');
  });
}

async function partsOf(targetBytes: number): Promise<{ parts: CsvPart[]; texts: Buffer[] }> {
  const read = await source.readWindow({ stream: rowsStream, window: everything });
  const parts: CsvPart[] = [];
  const texts: Buffer[] = [];
  try {
    for await (const part of splitCsvParts(read.stream, { targetBytes, workDir })) {
      parts.push(part);
      texts.push(await readFile(part.path));
    }
  } finally {
    await read.close();
  }
  return { parts, texts };
}

async function insertAll(values: readonly (string | null)[]): Promise<void> {
  await admin.query(
    'INSERT INTO rows (id, note) SELECT n, v FROM unnest($1::text[]) WITH ORDINALITY AS t (v, n)',
    [values],
  );
}

describe('parts', () => {
  test('are cut at row ends only: a CSV reader finds every hostile value again, part by part', async () => {
    const values = hostileValues(4_000);
    await insertAll(values);
    const whole = await partsOf(1 << 30);
    expect(whole.parts).toHaveLength(1);
    const duckdb = await (await DuckDBInstance.create(':memory:')).connect();
    for (const targetBytes of [1, 3_000, 100_000]) {
      const read = await source.readWindow({ stream: rowsStream, window: everything });
      const found = new Map<string, string | null>();
      const texts: Buffer[] = [];
      for await (const part of splitCsvParts(read.stream, { targetBytes, workDir })) {
        texts.push(await readFile(part.path));
        const result = await duckdb.runAndReadAll(
          `SELECT * FROM read_csv('${part.path}', header = false, auto_detect = false, delim = ',', quote = '"',
             escape = '"', new_line = '\\n', allow_quoted_nulls = false, nullstr = '', max_line_size = 10000000,
             columns = {'id': 'VARCHAR', 'note': 'VARCHAR', 'c': 'VARCHAR'}, parallel = false)`,
        );
        const rows = result.getRowsJson();
        expect(rows).toHaveLength(part.rows);
        for (const [id, note] of rows) found.set(String(id), note === null ? null : String(note));
      }
      await read.close();
      expect(Buffer.concat(texts).equals(whole.texts[0] ?? Buffer.alloc(0))).toBe(true);
      expect(values.every((value, at) => found.get(String(at + 1)) === value)).toBe(true);
      expect(found.size).toBe(values.length);
    }
    duckdb.closeSync();
  });

  test('of an empty window are none', async () => {
    expect((await partsOf(1)).parts).toEqual([]);
  });

  test('near the target size, counted, and never more than two on disk', async () => {
    await admin.query(
      "INSERT INTO rows (id, note) SELECT g, repeat('x', 90) FROM generate_series(1, 100000) g",
    );
    const read = await source.readWindow({ stream: rowsStream, window: everything });
    const targetBytes = 1 << 20;
    let rows = 0;
    let previous: string | undefined;
    for await (const part of splitCsvParts(read.stream, { targetBytes, workDir })) {
      rows += part.rows;
      expect(part.bytes).toBeLessThan(targetBytes + (64 << 10) + 200);
      if (previous !== undefined) expect(existsSync(previous)).toBe(false);
      previous = part.path;
      const next = join(workDir, `part-${part.index + 1}.csv`);
      const complete = async () => rows === 100_000 || existsSync(next);
      await waitFor(complete, { what: 'the part ahead' });
      expect((await readdir(workDir)).length).toBeLessThanOrEqual(2);
    }
    expect(rows).toBe(100_000);
    expect(read.stream.rowCount).toBe(100_000);
    expect(await readdir(workDir)).toEqual([]);
    await read.close();
  });

  test('are removed when the consumer stops early, and the server stops too', async () => {
    await admin.query(
      "INSERT INTO rows (id, note) SELECT g, repeat('x', 900) FROM generate_series(1, 100000) g",
    );
    const read = await source.readWindow({ stream: rowsStream, window: everything });
    for await (const part of splitCsvParts(read.stream, { targetBytes: 1 << 20, workDir })) {
      if (part.index === 1) break;
    }
    await read.close();
    expect(await readdir(workDir)).toEqual([]);
    await noCopyRuns();
  });
});

async function noCopyRuns(): Promise<void> {
  const none = async () =>
    (
      await admin.query(
        "SELECT FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'COPY (%' AND state = 'active'",
      )
    ).rowCount === 0;
  await waitFor(none, { what: 'the COPY to end' });
}

describe('a COPY that does not end well', () => {
  test('aborted by its signal: retryable, and stopped at the server even before its first row', async () => {
    const slow = {
      ...rowsStream,
      cursor: { ...rowsStream.cursor, expression: '(updated_at + pg_sleep(60)::text::interval)' },
    };
    await insertAll(['a']);
    const abort = new AbortController();
    const read = await source.readWindow({ stream: slow, window: everything, signal: abort.signal });
    const reading = partsFrom(read.stream);
    abort.abort();
    await expect(reading).rejects.toMatchObject({ code: sourceErrors.aborted.code, retry: 'retryable' });
    await read.close();
    await noCopyRuns();
  });

  test('failing at a row: no message of the server is carried, since it may quote values', async () => {
    await insertAll(['1', 'secret-value']);
    const failing = {
      ...rowsStream,
      cursor: { ...rowsStream.cursor, expression: "(updated_at + (note || ' days')::interval)" },
    };
    const read = await source.readWindow({ stream: failing, window: everything });
    const failure = await partsFrom(read.stream).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: sourceErrors.refused.code, facts: { sqlstate: '22007' } });
    expect(inspect(failure, { depth: null, showHidden: true })).not.toContain('secret');
    await read.close();
    expect(await readdir(workDir)).toEqual([]);
    expect((await partsOf(1 << 20)).parts).toHaveLength(1);
  });

  test('its backend terminated: retryable, and the source can be read again', async () => {
    await admin.query(
      "INSERT INTO rows (id, note) SELECT g, repeat('x', 900) FROM generate_series(1, 100000) g",
    );
    const read = await source.readWindow({ stream: rowsStream, window: everything });
    const parts = splitCsvParts(read.stream, { targetBytes: 1 << 20, workDir });
    await parts.next();
    await admin.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'COPY (%'",
    );
    const rest = async () => {
      for await (const _ of parts);
    };
    await expect(rest()).rejects.toMatchObject({ retry: 'retryable' });
    await read.close();
    expect(await readdir(workDir)).toEqual([]);
    await admin.query('TRUNCATE rows');
    expect((await partsOf(1)).parts).toEqual([]);
  });

  async function partsFrom(stream: Parameters<typeof splitCsvParts>[0]): Promise<void> {
    for await (const _ of splitCsvParts(stream, { targetBytes: 1 << 20, workDir }));
  }
});
