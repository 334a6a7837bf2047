import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentProbe } from '#shared/lifecycle/step-probe.ts';
import { createLogger } from '#shared/telemetry/logger.ts';
import { createMetrics } from '#shared/telemetry/metrics.ts';
import { filesWith, parquetRows, tablesWith } from '#test/support/find-token.ts';
import { pastMargin } from '#test/support/past-margin.ts';
import { type RunningServices, startServices } from '#test/support/running-services.ts';
import { startTestPlatform, type TestPlatform } from '#test/support/test-platform.ts';
import { withClient } from '#test/support/with-client.ts';

/** Stands in each e-mail, phone and partner name, and must stand nowhere behind the source. */
const TOKEN = `zq${randomBytes(8).toString('hex')}`;
const COMPANIES = 300;

const lines: string[] = [];
const log = createLogger(
  'test',
  'trace',
  new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(String(chunk));
      done();
    },
  }),
);
const metrics = createMetrics({ processMetrics: true });
let platform: TestPlatform;
let services: RunningServices;

beforeAll(async () => {
  platform = await startTestPlatform();
  await withClient(platform.oltpUrl, async (client) => {
    await client.query(
      `insert into oltp.cnpj_ws (cnpj, legal_name, share_capital, partner_names, email, phone)
       select lpad(n::text, 14, '0'), 'Ltda ' || n, 10, array['Maria ' || $1, $1], $1 || '@example.com', '+55' || $1
       from generate_series(1, ${COMPANIES}) n`,
      [TOKEN],
    );
    // Longer than the contract allows: a reject, whose file and ledger row show what was wrong with it.
    await client.query(
      `insert into oltp.cnpj_ws (cnpj, partner_names, email, phone) values (repeat('9', 40), array[$1], $1, $1)`,
      [TOKEN],
    );
    await client.query(`insert into oltp.installments (id, amount) values (1, 10)`);
  });
  services = await startServices(platform, silentProbe, undefined, { log, metrics });
});

afterAll(async () => {
  await services?.stop();
  await platform?.stop();
});

const databases = () => ({
  warehouse: platform.warehouseUrl,
  ledger: platform.ledgerUrl,
  queue: platform.environment['PENSTOCK_QUEUE_URL'] ?? '',
});

async function everywhere(token: string): Promise<Record<string, readonly string[]>> {
  const { warehouse, ledger, queue } = databases();
  const scraped = await fetch(`http://127.0.0.1:${services.httpPort}/metrics`);
  return {
    files: await filesWith(platform.landingDir, token),
    warehouse: await tablesWith(warehouse, token),
    ledger: await tablesWith(ledger, token),
    queue: await tablesWith(queue, token),
    logs: lines.filter((line) => line.includes(token)),
    metrics: (await scraped.text()).includes(token) ? ['metrics'] : [],
  };
}

test('e-mail, phone and partner names are nowhere, whether a run succeeds, rejects rows or fails', async () => {
  const first = await services.run();
  expect(first.run.status).toBe('succeeded');
  expect(first.task('extract', 'cnpj_ws').result).toMatchObject({ rows: COMPANIES, rejectedRows: 1 });

  await withClient(platform.oltpUrl, (client) =>
    client.query(`update oltp.cnpj_ws set share_capital = -1 where cnpj < lpad('50', 14, '0')`),
  );
  await pastMargin(platform.oltpUrl);
  const second = await services.run();
  expect(second.task('extract', 'cnpj_ws').error).toMatchObject({ code: 'EXTRACT_TOO_MANY_REJECTS' });

  // The search looked at something: companies, the reject and the instalment in files, a company in each table.
  expect(await parquetRows(platform.landingDir)).toBeGreaterThanOrEqual(COMPANIES + 2);
  expect(await tablesWith(platform.warehouseUrl, '00000000000042')).toEqual([
    'credit_bronze.cnpj_ws',
    'credit_silver.cnpj_ws_clean',
    expect.stringMatching(/^credit_temp\.cnpj_ws/),
    expect.stringMatching(/^credit_temp\.cnpj_ws__/),
  ]);
  expect(lines.join('')).toContain('slice landed');
  expect(await everywhere(TOKEN)).toEqual({
    files: [],
    warehouse: [],
    ledger: [],
    queue: [],
    logs: [],
    metrics: [],
  });
});

test('the search finds a token that was planted in each of these places', async () => {
  const planted = `zq${randomBytes(8).toString('hex')}`;
  await writeFile(join(platform.landingDir, 'landing', 'planted.csv'), `a,"x${planted}y"\n`);
  const duckdb = await (await DuckDBInstance.create(':memory:')).connect();
  const path = join(platform.landingDir, 'archive', 'planted.parquet');
  // Compressed, and not at the beginning of anything, so that its bytes don't show it.
  await duckdb.run(
    `copy (select repeat('ab', 500) || '${planted}' || n as x from range(1000) t(n)) to '${path}' (format parquet, compression zstd)`,
  );
  duckdb.closeSync();
  for (const url of Object.values(databases())) {
    await withClient(url, async (client) => {
      await client.query('create schema planted');
      await client.query(
        `create table planted.texts as select 1 as a, jsonb_build_object('b', $1::text) as b`,
        [planted],
      );
      await client.query('create table planted.bytes as select $1::bytea as c', [Buffer.from(`x${planted}`)]);
    });
  }
  log.child({ who: planted }).trace('planted');
  metrics.runs.inc({ pipeline: planted, status: 'x' });
  const tables = ['planted.bytes', 'planted.texts'];
  expect(await everywhere(planted)).toEqual({
    files: expect.arrayContaining(['planted.csv: bytes', 'planted.parquet: rows']),
    warehouse: tables,
    ledger: tables,
    queue: tables,
    logs: [expect.stringContaining(planted)],
    metrics: ['metrics'],
  });
});

test('the role the pipeline reads as may not even ask for personal data', async () => {
  const readerUrl = platform.environment['PENSTOCK_SOURCE_OLTP_URL'] ?? '';
  await withClient(readerUrl, async (client) => {
    for (const column of ['email', 'phone', 'partner_names', '*']) {
      await expect(client.query(`select ${column} from oltp.cnpj_ws`)).rejects.toMatchObject({
        code: '42501',
      });
    }
    expect((await client.query('select cnpj, updated_at from oltp.cnpj_ws')).rowCount).toBe(COMPANIES + 1);
  });
});
