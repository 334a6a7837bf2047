import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { FILE_ID_COLUMN } from '#shared/contracts/system-columns.ts';
import { landedColumns } from '#shared/parquet/contract-columns.ts';
import { copyText } from '#shared/sources/postgres/window-query.ts';
import { copyInto } from '#shared/warehouse/postgres/copy-into.ts';
import { createHashedTable } from '#shared/warehouse/postgres/hashed-table.ts';
import { quoteIdent } from '#shared/warehouse/quote-identifier.ts';
import { type BenchOptions, type Figure, median, timed } from '../figure.ts';
import bench, { payments } from '../pipeline/pipeline.ts';
import { makeBenchPlatform } from '../platform/bench-platform.ts';
import { type BenchServers, startBenchServers } from '../platform/bench-servers.ts';
import { withConnection } from '../platform/databases.ts';
import { makePayments, PAYMENT_COLUMNS, paymentsAt } from '../platform/payments-table.ts';
import { startServices, taskMs } from '../platform/services.ts';

const ROWS = 2_000_000;
const RUN_TIMEOUT_MS = 600_000;
const STABLE = 'bench_temp.payments';

/** One round: the platform's own run, and each of its parts by the shortest way there is. Milliseconds. */
interface Round {
  readonly drainMs: number;
  readonly extractMs: number;
  readonly copyInMs: number;
  readonly loadMs: number;
  readonly mergeMs: number;
  readonly copyThroughMs: number;
  readonly runMs: number;
}

/** First full load of 2M rows × 10 columns through the services, and COPY doing the same without them. */
export async function benchBulk(options: BenchOptions): Promise<readonly Figure[]> {
  const rows = Math.max(1_000, Math.round(ROWS * options.scale));
  const servers = await startBenchServers('redis');
  try {
    options.say(`bulk: making ${rows} rows`);
    const sourceUrl = await makePayments(servers, 'source', rows);
    await drain(sourceUrl);
    const rounds: Round[] = [];
    for (let round = 0; round < options.rounds; round += 1) {
      rounds.push(await measureRound(servers, sourceUrl, rows));
      options.say(`bulk round ${round + 1}: ${JSON.stringify(rounds.at(-1))}`);
    }
    return figuresOf(rows, rounds);
  } finally {
    await servers.stop();
  }
}

function figuresOf(rows: number, rounds: readonly Round[]): Figure[] {
  const details = { rows, rounds };
  const ratio = (of: (round: Round) => number): number => median(rounds.map(of));
  return [
    {
      name: 'extract',
      what: 'PostgreSQL → Parquet, against draining the same COPY in Node',
      value: ratio(({ drainMs, extractMs }) => drainMs / extractMs),
      unit: 'of its rows/s',
      direction: 'at least',
      bar: 0.5,
      details,
    },
    {
      name: 'load',
      what: 'Parquet → temp table, against COPY FROM of the same rows as CSV',
      value: ratio(({ copyInMs, loadMs }) => copyInMs / loadMs),
      unit: 'of its rows/s',
      direction: 'at least',
      bar: 0.65,
      details,
    },
    {
      name: 'first-load',
      what: 'source → merged bronze, against COPY piped into COPY',
      value: ratio(({ runMs, copyThroughMs }) => runMs / copyThroughMs),
      unit: '× its time',
      direction: 'at most',
      bar: 3,
      details,
    },
  ];
}

async function measureRound(servers: BenchServers, sourceUrl: string, rows: number): Promise<Round> {
  const drainMs = await timed(() => drain(sourceUrl));
  const copyThroughMs = await copyThrough(servers, sourceUrl);
  const platform = await makeBenchPlatform(servers, paymentsAt(sourceUrl));
  try {
    const run = await measureRun(platform, rows);
    const copyInMs = await copyIn(platform.warehouseUrl, join(servers.folder, 'rows.csv'));
    const drainAgainMs = await timed(() => drain(sourceUrl));
    return { drainMs: (drainMs + drainAgainMs) / 2, copyThroughMs, copyInMs, ...run };
  } finally {
    await platform.drop();
  }
}

/** The whole first run, its services in this process. */
async function measureRun(platform: Awaited<ReturnType<typeof makeBenchPlatform>>, rows: number) {
  const services = await startServices(platform, ['scheduler', 'extractor', 'loader', 'transformer']);
  try {
    const { runId } = await services.ask();
    const run = await services.closed(runId, RUN_TIMEOUT_MS);
    if (run.status !== 'succeeded')
      throw new Error(`the run ended ${run.status}: ${JSON.stringify(run.manifest)}`);
    const extract = await services.ended(runId, 'extract', 0);
    const load = await services.ended(runId, 'load', 0);
    const merge = await services.ended(runId, 'merge', 0);
    if (merge.result?.['changed'] !== rows) throw new Error('bronze has not got every row');
    const runMs = Date.parse(run.finishedAt ?? '') - Date.parse(run.requestedAt);
    return { extractMs: taskMs(extract), loadMs: taskMs(load), mergeMs: taskMs(merge), runMs };
  } finally {
    await services.stop();
  }
}

/** The very COPY that the extractor runs, its bytes thrown away. */
function drain(sourceUrl: string): Promise<void> {
  const stream = bench.streams['payments'];
  if (stream?.kind !== 'cursor') throw new Error('the pipeline reads no stream payments by cursor');
  return withConnection(sourceUrl, async (client) => {
    for await (const _ of client.query(copyTo(copyText(stream, { from: null, to: null }))));
  });
}

/** COPY out piped into COPY in, into a logged table with the same primary key, in a database of its own. */
async function copyThrough(servers: BenchServers, sourceUrl: string): Promise<number> {
  const target = await makePayments(servers, 'copied', 0);
  try {
    return await timed(() =>
      withConnection(sourceUrl, (from) =>
        withConnection(target, (to) =>
          pipeline(
            from.query(copyTo(`COPY (SELECT ${PAYMENT_COLUMNS} FROM payments) TO STDOUT`)),
            to.query(copyFrom(`COPY payments (${PAYMENT_COLUMNS}) FROM STDIN`)),
          ),
        ),
      ),
    );
  } finally {
    await withConnection(servers.mainUrl, (client) => client.query('DROP DATABASE copied WITH (FORCE)'));
  }
}

/** COPY FROM of the rows as the loader wrote them, from a CSV file through Node into the same kind of table. */
function copyIn(warehouseUrl: string, csvPath: string): Promise<number> {
  const columns = [...landedColumns(payments).map(({ name }) => name), FILE_ID_COLUMN];
  const list = columns.map(quoteIdent).join(', ');
  return withConnection(warehouseUrl, async (client) => {
    const out = client.query(copyTo(`COPY (SELECT ${list} FROM ${STABLE}) TO STDOUT (FORMAT csv)`));
    await pipeline(out, createWriteStream(csvPath));
    return timed(() => inTransaction(client, columns, csvPath));
  });
}

async function inTransaction(client: pg.Client, columns: readonly string[], csvPath: string): Promise<void> {
  const relation = { schema: 'bench_temp', name: 'copied' };
  await client.query('BEGIN');
  await createHashedTable(client, relation, payments);
  await copyInto(client, relation, columns, createReadStream(csvPath, { highWaterMark: 1 << 16 }), {
    freeze: true,
  });
  await client.query('COMMIT');
}
