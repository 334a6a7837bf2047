import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { createReader } from '../reader-role.ts';
import { companyRow } from './company-rows.ts';
import { installmentRows } from './installment-rows.ts';
import { Random } from './random.ts';
import { withClient } from './with-client.ts';

export interface FillOptions {
  readonly companies: number;
  readonly installments: number;
  readonly seed: number;
  /** `YYYY-MM-DD`: the day the data ends at. */
  readonly today: string;
}

/** Creates the OLTP schema in a database; repeatable. */
export async function createOltpSchema(url: string): Promise<void> {
  const sql = await readFile(new URL('schema.sql', import.meta.url), 'utf8');
  await withClient(url, async (client) => void (await client.query(sql)));
}

/**
 * Makes the role the pipeline reads as; of companies it may read only what is no personal data. Repeatable.
 *
 * @returns the reader's connection URL.
 */
export const createOltpReader = (ownerUrl: string): Promise<string> => createReader(ownerUrl, GRANTS);

const GRANTS = `
  grant usage on schema oltp to penstock_reader;
  grant select on all tables in schema oltp to penstock_reader;
  -- Personal data is out of its reach altogether, whatever a contract says.
  revoke select on oltp.cnpj_ws from penstock_reader;
  grant select (cnpj, legal_name, trade_name, uf, city, main_cnae, company_size, legal_nature, share_capital,
    opening_date, registration_status, created_at, updated_at) on oltp.cnpj_ws to penstock_reader`;

/**
 * Fills an empty OLTP schema deterministically: the same options give the same rows.
 *
 * @returns how many rows each table holds now.
 * @throws the database's error when a table holds rows of the same keys; nothing is filled then.
 */
export async function fillOltp(
  url: string,
  options: FillOptions,
): Promise<{ companies: number; installments: number }> {
  const random = new Random(options.seed);
  return withClient(url, async (client) => {
    await client.query('begin');
    const companies = await copyRows(client, COPY_COMPANIES, companyLines(options, random));
    const installments = await copyRows(client, COPY_INSTALLMENTS, installmentLines(options, random));
    await client.query(ALIGN_IDENTITY);
    await client.query('commit');
    await client.query('analyze oltp.cnpj_ws, oltp.installments');
    return { companies, installments };
  });
}

const COPY_COMPANIES = 'copy oltp.cnpj_ws from stdin (format csv)';
const COPY_INSTALLMENTS = 'copy oltp.installments from stdin (format csv)';
const ALIGN_IDENTITY = `
  select setval(pg_get_serial_sequence('oltp.installments', 'id'), greatest(1, coalesce(max(id), 1)))
  from oltp.installments`;

function* companyLines({ companies, today }: FillOptions, random: Random): Generator<string> {
  for (let index = 0; index < companies; index += 1) {
    yield csvLine(Object.values(companyRow(index, random, today)));
  }
}

function* installmentLines(options: FillOptions, random: Random): Generator<string> {
  for (const row of installmentRows(options, random)) yield csvLine(Object.values(row));
}

function csvLine(values: readonly (string | number | null)[]): string {
  return `${values.map((value) => (value === null ? '' : `"${String(value).replaceAll('"', '""')}"`)).join(',')}\n`;
}

async function copyRows(client: pg.Client, sql: string, lines: Iterable<string>): Promise<number> {
  const copy = client.query(copyFrom(sql));
  await pipeline(Readable.from(batched(lines, 2_000)), copy);
  return copy.rowCount;
}

function* batched(lines: Iterable<string>, size: number): Generator<string> {
  let batch: string[] = [];
  for (const line of lines) {
    batch.push(line);
    if (batch.length < size) continue;
    yield batch.join('');
    batch = [];
  }
  yield batch.join('');
}
