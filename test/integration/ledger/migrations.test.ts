import { spawn } from 'node:child_process';
import { once } from 'node:events';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ledgerErrors } from '#shared/ledger/errors.ts';
import { openLedger, withTransaction } from '#shared/ledger/ledger.ts';
import { migrateLedger } from '#shared/ledger/migrate-ledger.ts';
import { knownMigrations } from '#shared/ledger/schema-version.ts';
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts';

let database: TestDatabase;
beforeEach(async () => {
  database = await testDatabase();
});
afterEach(() => database.drop());

const open = () => openLedger({ url: database.url, applicationName: 'ledger-test' });

async function sql(text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/** Migrates in a process of its own; resolves with its exit code and what it applied. */
async function migrateInProcess(): Promise<{ code: unknown; applied: number }> {
  const module = new URL('../../../shared/ledger/migrate-ledger.ts', import.meta.url).href;
  const script = `const { migrateLedger } = await import(${JSON.stringify(module)});
    console.log((await migrateLedger(process.argv[1])).length);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, database.url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const [code] = await once(child, 'close');
  return { code, applied: Number(output.trim()) };
}

test('processes that migrate at the same time all succeed, and each migration runs once', async () => {
  const results = await Promise.all([migrateInProcess(), migrateInProcess(), migrateInProcess()]);
  expect(results.map((result) => result.code)).toEqual([0, 0, 0]);
  expect(results.reduce((sum, result) => sum + result.applied, 0)).toBe(knownMigrations().length);
  await (await open()).close();
});

test('migrating again does nothing', async () => {
  expect(await migrateLedger(database.url)).toEqual(knownMigrations());
  expect(await migrateLedger(database.url)).toEqual([]);
});

test('a database without a ledger is refused with what to do', async () => {
  await expect(open()).rejects.toMatchObject({
    code: ledgerErrors.schemaOlder.code,
    retry: 'terminal',
    message: expect.stringContaining('penstock migrate'),
  });
});

test('a ledger that lacks the last migration is refused as older', async () => {
  await migrateLedger(database.url);
  await sql('DELETE FROM ops.schema_migrations WHERE id = (SELECT max(id) FROM ops.schema_migrations)');
  await expect(open()).rejects.toMatchObject({ code: ledgerErrors.schemaOlder.code });
});

test('a ledger with a migration we do not know is refused as newer, by services and by migrate', async () => {
  await migrateLedger(database.url);
  await sql(`INSERT INTO ops.schema_migrations (name, run_on) VALUES ('9999_future', now())`);
  const newer = {
    code: ledgerErrors.schemaNewer.code,
    message: expect.stringContaining('Upgrade this service'),
  };
  await expect(open()).rejects.toMatchObject(newer);
  await expect(migrateLedger(database.url)).rejects.toMatchObject(newer);
});

test('an aborted transaction never looks committed', async () => {
  await migrateLedger(database.url);
  const ledger = await open();
  try {
    const swallowing = withTransaction(ledger, async (tx) => {
      await tx.rows('SELECT 1 / 0').catch(() => []);
      return 'done';
    });
    await expect(swallowing).rejects.toMatchObject({ code: 'POSTGRES_STATEMENT' });
    expect(await ledger.rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  } finally {
    await ledger.close();
  }
});

test('errors carry no row values, whatever PostgreSQL says', async () => {
  await migrateLedger(database.url);
  const ledger = await open();
  try {
    const secret = 'secret-4711';
    const errors = await Promise.all(
      [
        [`SELECT $1::int`, [secret]],
        [
          `INSERT INTO ops.runs (run_id, pipeline, kind, logical_time, as_of, ingestion_date, streams, layers, requested_by)
          VALUES ('r', $1, 'nonsense', now(), now(), now(), '{}', '{}', 'x')`,
          [secret],
        ],
      ].map(([text, values]) =>
        ledger.rows(text as string, values as string[]).then(
          () => undefined,
          (error: unknown) => error,
        ),
      ),
    );
    expect(errors.map((error) => (error as { code: string }).code)).toEqual([
      'POSTGRES_DATA',
      'POSTGRES_CONSTRAINT',
    ]);
    for (const error of errors) {
      const { message, stack, facts, cause } = error as Error & { facts: unknown };
      expect(JSON.stringify([message, stack, facts, String(cause), (cause as Error).stack])).not.toContain(
        secret,
      );
    }
  } finally {
    await ledger.close();
  }
});
