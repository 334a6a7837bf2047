import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { startPostgres } from '#dev/servers/postgres.ts';
import { boolean, date, decimal, int32, int64, text, timestamptz } from '#shared/pipeline/field.ts';
import { openPostgresSource, type PostgresSource } from '#shared/sources/postgres/open-postgres-source.ts';
import { splitCsvParts } from '#shared/sources/postgres/split-csv-parts.ts';
import { copyText, type SourceStream } from '#shared/sources/postgres/window-query.ts';

/*
 * Rows per second from COPY to part files, as a ratio to draining the very same COPY in Node by pg-copy-streams, in
 * turns on one server. `node bench/source/copy-to-parts.ts [--rows 2000000] [--rounds 3]`; prints one line of JSON.
 */

const stream: SourceStream = {
  table: { schema: 'public', name: 'bench' },
  contract: {
    version: 1,
    key: ['id'],
    fields: {
      id: int64(),
      invoice: int64(),
      number: int32(),
      buyer: text(),
      seller: text(),
      issued: date(),
      paid: date({ nullable: true }),
      amount: decimal(14, 2),
      open: boolean(),
      updated_at: timestamptz(),
    },
  },
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

const FILL = `
  CREATE UNLOGGED TABLE bench AS
  SELECT g::bigint AS id, (g / 4)::bigint AS invoice, (g % 12)::int AS number, lpad((g * 7919 % 100000000000000)::text, 14, '0') AS buyer,
         lpad((g * 104729 % 100000000000000)::text, 14, '0') AS seller, date '2024-01-01' + (g % 700)::int AS issued,
         CASE WHEN g % 3 = 0 THEN NULL ELSE date '2024-01-01' + (g % 800)::int END AS paid, (g % 1000003)::numeric(14,2) / 100 AS amount,
         g % 3 = 0 AS open, timestamptz '2024-01-01' + g * interval '1 second' AS updated_at
    FROM generate_series(1::bigint, $ROWS) g`;

const everything = { from: null, to: null };

async function fill(url: string): Promise<void> {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  try {
    await admin.query(FILL.replace('$ROWS', String(rows)));
    await admin.query('VACUUM ANALYZE bench');
  } finally {
    await admin.end();
  }
}

async function drain(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const rows = client.query(copyTo(copyText(stream, everything)));
  for await (const _ of rows);
  await client.end();
}

async function toParts(source: PostgresSource, workDir: string): Promise<void> {
  const read = await source.readWindow({ stream, window: everything });
  for await (const _ of splitCsvParts(read.stream, { targetBytes: 128 * 1024 * 1024, workDir }));
  await read.close();
}

interface Cost {
  readonly seconds: number;
  /** Of this process; on a busy machine a steadier comparison than the clock. */
  readonly cpuSeconds: number;
}

async function costOf(work: () => Promise<void>): Promise<Cost> {
  const cpuBefore = process.cpuUsage();
  const before = performance.now();
  await work();
  const { user, system } = process.cpuUsage(cpuBefore);
  return { seconds: (performance.now() - before) / 1000, cpuSeconds: (user + system) / 1e6 };
}

const median = (values: number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

const { values } = parseArgs({ options: { rows: { type: 'string' }, rounds: { type: 'string' } } });
const rows = Number(values.rows ?? 2_000_000);
const server = await startPostgres();
const workDir = await mkdtemp(join(tmpdir(), 'penstock-bench-'));
const source = openPostgresSource({ url: server.url, name: 'bench', marginMs: 0 });
try {
  await fill(server.url);
  const drained: Cost[] = [];
  const parted: Cost[] = [];
  for (let round = 0; round < Number(values.rounds ?? 3); round += 1) {
    drained.push(await costOf(() => drain(server.url)));
    parted.push(await costOf(() => toParts(source, workDir)));
  }
  const secondsOf = (costs: Cost[]): number => median(costs.map((cost) => cost.seconds));
  const cpuOf = (costs: Cost[]): number => median(costs.map((cost) => cost.cpuSeconds));
  const result = {
    bench: 'copy-to-parts',
    rows,
    drainRowsPerSecond: Math.round(rows / secondsOf(drained)),
    partsRowsPerSecond: Math.round(rows / secondsOf(parted)),
    ratio: Number((secondsOf(drained) / secondsOf(parted)).toFixed(3)),
    drainCpuMicrosPerRow: Number(((cpuOf(drained) * 1e6) / rows).toFixed(3)),
    partsCpuMicrosPerRow: Number(((cpuOf(parted) * 1e6) / rows).toFixed(3)),
    peakMemoryMb: Math.round(process.resourceUsage().maxRSS / 1024),
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
} finally {
  await source.close();
  await server.stop();
  await rm(workDir, { recursive: true, force: true });
}
