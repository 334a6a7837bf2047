import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { int64, text, timestamptz } from '#shared/pipeline/field.ts';
import type { SourceBoundState } from '#shared/sources/postgres/decide-bound.ts';
import type { PostgresSource } from '#shared/sources/postgres/open-postgres-source.ts';
import { planWindow, type WindowMode } from '#shared/sources/postgres/plan-window.ts';
import type { BoundReading } from '#shared/sources/postgres/read-bound.ts';
import { splitCsvParts } from '#shared/sources/postgres/split-csv-parts.ts';
import type { SourceStream } from '#shared/sources/postgres/window-query.ts';

/** A table whose cursor the database sets: `now()` of the writing transaction. */
export const ROWS_DDL = `CREATE TABLE public.rows (
  id bigint PRIMARY KEY, note text, amount numeric(14,2), updated_at timestamptz DEFAULT now())`;

export const rowsStream: SourceStream = {
  table: { schema: 'public', name: 'rows' },
  contract: { version: 1, key: ['id'], fields: { id: int64(), note: text({ nullable: true }) } },
  cursor: {
    expression: 'updated_at',
    type: 'timestamptz',
    setBy: 'database',
    lookBackDays: 0,
    maxFutureDays: 0,
    fullCompareEveryDays: null,
  },
  version: 'cursor-then-ordinal',
};

export const withCursorField: SourceStream = {
  ...rowsStream,
  contract: {
    ...rowsStream.contract,
    fields: { ...rowsStream.contract.fields, updated_at: timestamptz({ nullable: true }) },
  },
};

export async function connected(url: string, name = 'test-writer'): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: name });
  client.on('error', () => {});
  await client.connect();
  return client;
}

/** Ends what a failed test left open, so that it does not block the next one. */
export async function endTransactions(writer: pg.Client, ...others: pg.Client[]): Promise<void> {
  for (const client of others) await client.query('ROLLBACK');
  const { rows } = await writer.query<{ gid: string }>(
    'SELECT gid FROM pg_prepared_xacts WHERE database = current_database()',
  );
  for (const { gid } of rows) await writer.query(`ROLLBACK PREPARED '${gid}'`);
}

/** What an extractor keeps between runs, and the ids it has read so far. */
export class Follower {
  bounds: SourceBoundState | undefined;
  watermark: bigint | null = null;
  readonly seen = new Set<string>();
  readonly source: PostgresSource;
  readonly stream: SourceStream;
  asOf = new Date().toISOString().slice(0, 10);

  constructor(source: PostgresSource, stream: SourceStream = rowsStream) {
    this.source = source;
    this.stream = stream;
  }

  /** One run. `between` happens after the bound was read and before the snapshot is taken. */
  async run(
    between: (reading: BoundReading) => Promise<void> = async () => {},
    mode: WindowMode = { kind: 'incremental' },
    betweenStatements: () => Promise<void> = async () => {},
  ): Promise<{ ids: string[]; reading: BoundReading; csv: string }> {
    const reading = await this.source.readBound({ previous: this.bounds, betweenStatements });
    this.bounds = reading.state;
    await between(reading);
    const plan = planWindow({
      stream: this.stream,
      watermark: this.watermark,
      bound: reading.bound,
      asOf: this.asOf,
      mode,
    });
    const csv = await readCsv(this.source, this.stream, plan);
    const ids = csv.split('\n').flatMap((line) => (line === '' ? [] : [line.split(',')[0] ?? '']));
    for (const id of ids) this.seen.add(id);
    this.watermark = plan.nextWatermark;
    return { ids, reading, csv };
  }
}

/** Reads a window through part files and returns its text. */
export async function readCsv(
  source: PostgresSource,
  stream: SourceStream,
  window: { from: bigint | null; to: bigint | null },
): Promise<string> {
  const workDir = await mkdtemp(join(tmpdir(), 'penstock-source-'));
  const read = await source.readWindow({ stream, window });
  try {
    let csv = '';
    for await (const part of splitCsvParts(read.stream, { targetBytes: 1 << 20, workDir })) {
      csv += await readFile(part.path, 'utf8');
    }
    return csv;
  } finally {
    await read.close();
    await rm(workDir, { recursive: true, force: true });
  }
}
