import { quoteIdent } from '#shared/warehouse/quote-identifier.ts';
import credit from '../../pipelines/credit/pipeline.ts';
import type { TestPlatform } from './test-platform.ts';
import { withClient } from './with-client.ts';

/** One row as text, in contract order. */
type TextRow = readonly (string | null)[];

/** Rows of source and bronze that do not stand in the other; both empty means they agree row for row. */
export interface Difference {
  readonly onlyInSource: readonly TextRow[];
  readonly onlyInBronze: readonly TextRow[];
}

/** Compares a stream's source table with its bronze table on every column of the contract. */
export async function compareWithSource(
  platform: TestPlatform,
  stream: 'installments' | 'cnpj_ws',
): Promise<Difference> {
  const fields = Object.keys(credit.streams[stream]?.contract.fields ?? {});
  const select = fields.map((field) => `${quoteIdent(field)}::text`).join(', ');
  const [source, bronze] = await Promise.all([
    textRows(platform.oltpUrl, `select ${select} from oltp.${quoteIdent(stream)}`),
    textRows(platform.warehouseUrl, `select ${select} from credit_bronze.${quoteIdent(stream)}`),
  ]);
  return { onlyInSource: minus(source, bronze), onlyInBronze: minus(bronze, source) };
}

/** What {@link compareWithSource} gives when nothing is lost, doubled or stale. */
export const AGREES: Difference = { onlyInSource: [], onlyInBronze: [] };

/** Every row counts: a doubled one is a difference too. */
function minus(rows: readonly TextRow[], others: readonly TextRow[]): TextRow[] {
  const counts = new Map<string, number>();
  for (const row of others) counts.set(JSON.stringify(row), (counts.get(JSON.stringify(row)) ?? 0) + 1);
  return rows.filter((row) => {
    const key = JSON.stringify(row);
    const left = counts.get(key) ?? 0;
    counts.set(key, left - 1);
    return left <= 0;
  });
}

async function textRows(url: string, sql: string): Promise<TextRow[]> {
  return withClient(url, async (client) => {
    await client.query("set timezone = 'UTC'");
    const { rows } = await client.query<string[]>({ text: sql, rowMode: 'array' });
    return rows;
  });
}
