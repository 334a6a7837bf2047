import type { RelationName } from '#shared/contracts/names.ts';
import { quoteIdent, quoteRelation } from '#shared/warehouse/quote-identifier.ts';
import { startServices } from './running-services.ts';
import { startTestPlatform } from './test-platform.ts';
import type { TextRecord } from './text-table.ts';
import { withClient } from './with-client.ts';

export interface CreditByHand {
  /** Rows of a warehouse table as text, in the columns of `like`, in the bytes' order of the first. */
  rows(relation: RelationName, like: readonly TextRecord[]): Promise<TextRecord[]>;
  /** Runs a query on the warehouse. @returns its rows as text. */
  query(sql: string): Promise<TextRecord[]>;
  /** Changes the OLTP database and runs the pipeline again, as of another day. */
  again(asOf: string, change?: string): Promise<void>;
  stop(): Promise<void>;
}

export interface ByHandInput {
  readonly asOf: string;
  readonly companies: readonly TextRecord[];
  readonly installments: readonly TextRecord[];
}

/** Loads rows written by hand into a platform of its own, and runs the credit pipeline as of a fixed day. */
export async function runCreditByHand(input: ByHandInput): Promise<CreditByHand> {
  const platform = await startTestPlatform();
  await withClient(platform.oltpUrl, async (client) => {
    for (const row of input.companies) await client.query(insertText('cnpj_ws', row), Object.values(row));
    for (const row of input.installments)
      await client.query(insertText('installments', row), Object.values(row));
  });
  const services = await startServices(platform);
  const stop = async (): Promise<void> => {
    await services.stop();
    await platform.stop();
  };
  const query = (sql: string): Promise<TextRecord[]> =>
    withClient(platform.warehouseUrl, async (client) => {
      await client.query("set timezone = 'UTC'");
      return (await client.query<TextRecord>(sql)).rows;
    });
  const run = async (asOf: string, logicalTime: Date): Promise<void> => {
    const { run: closed, tasks } = await services.run({ asOf, logicalTime });
    if (closed.status === 'succeeded') return;
    throw new Error(
      `the run ended ${closed.status}: ${JSON.stringify(tasks.map(({ kind, error, result }) => [kind, error, result]))}`,
    );
  };
  let days = 0;
  const again = async (asOf: string, change = ''): Promise<void> => {
    await withClient(platform.oltpUrl, (client) => client.query(change));
    days += 2;
    // Two days later, so that the full comparison is due whatever the change did to the cursor.
    await run(asOf, new Date(Date.now() + days * 86_400_000));
  };
  try {
    await run(input.asOf, new Date());
  } catch (error) {
    await stop();
    throw error;
  }
  return { query, again, stop, rows: (relation, like) => query(selectText(relation, like)) };
}

function insertText(table: string, row: TextRecord): string {
  const names = Object.keys(row);
  const values = names.map((_name, at) => `$${at + 1}`).join(', ');
  return `insert into oltp.${quoteIdent(table)} (${names.map(quoteIdent).join(', ')}) values (${values})`;
}

function selectText(relation: RelationName, like: readonly TextRecord[]): string {
  const names = Object.keys(like[0] ?? {});
  const columns = names.map((name) => `${quoteIdent(name)}::text`);
  return `select ${columns.join(', ')} from ${quoteRelation(relation)} order by ${columns[0]} collate "C"`;
}
