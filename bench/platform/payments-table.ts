import type { BenchServers } from './bench-servers.ts';
import { createDatabase, withConnection } from './databases.ts';

/** Columns of the contract, in its order. */
export const PAYMENT_COLUMNS =
  'id, invoice_id, number, buyer, seller, issued, paid, amount, status, updated_at';

const CREATE = `
  CREATE TABLE payments (id bigint PRIMARY KEY, invoice_id bigint NOT NULL, number int NOT NULL, buyer text NOT NULL,
    seller text NOT NULL, issued date NOT NULL, paid date, amount numeric(14,2) NOT NULL, status text NOT NULL,
    updated_at timestamptz NOT NULL)`;

const FILL = `
  INSERT INTO payments
  SELECT g, g / 4, g % 12 + 1, lpad((g * 7919 % 100000000000000)::text, 14, '0'),
         lpad((g * 104729 % 100000000000000)::text, 14, '0'), date '2024-01-01' + (g % 700)::int,
         CASE WHEN g % 3 > 0 THEN date '2024-01-01' + (g % 800)::int END, (g * 31 % 10000000)::numeric / 100,
         (array['open', 'paid', 'overdue', 'cancelled'])[g % 4 + 1], timestamptz '2024-01-01' + g * interval '1 second'
    FROM generate_series(1::bigint, $1::bigint) g`;

/**
 * Makes a source database with so many payments, about 125 bytes of text each.
 *
 * @returns its URL.
 */
export async function makePayments(servers: BenchServers, name: string, rows: number): Promise<string> {
  const url = await createDatabase(servers.mainUrl, name);
  await withConnection(url, async (client) => {
    await client.query(CREATE);
    await client.query(FILL, [rows]);
    await client.query('VACUUM ANALYZE payments');
    await client.query('CHECKPOINT');
  });
  return url;
}

/** Tells the bench pipeline where its payments are. @param url database that holds `public.payments`. */
export const paymentsAt = (url: string): Record<string, string> => ({ PENSTOCK_SOURCE_BENCH_URL: url });
