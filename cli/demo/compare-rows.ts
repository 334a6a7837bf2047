import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { RelationName } from '#shared/contracts/names.ts';
import { quoteIdent, quoteRelation } from '#shared/warehouse/quote-identifier.ts';

/** Columns of a table somewhere on a PostgreSQL server. */
export interface RowSet {
  readonly url: string;
  readonly relation: RelationName;
  readonly columns: readonly string[];
}

/** How many rows stand on each side, and how many of them have no equal on the other. */
export interface RowComparison {
  readonly leftRows: number;
  readonly rightRows: number;
  readonly onlyLeft: number;
  readonly onlyRight: number;
}

export const agrees = (found: RowComparison): boolean => found.onlyLeft === 0 && found.onlyRight === 0;

/**
 * Compares two tables row for row on the same columns; a doubled row is a difference too. Both sides come as sorted
 * hashes of the rows' text and are merged, so that neither is ever whole in memory and no value leaves its server.
 */
export async function compareRows(left: RowSet, right: RowSet): Promise<RowComparison> {
  return withHashes(left, (ofLeft) => withHashes(right, (ofRight) => mergeCount(ofLeft, ofRight)));
}

async function mergeCount(left: AsyncIterator<string>, right: AsyncIterator<string>): Promise<RowComparison> {
  let [a, b] = [await left.next(), await right.next()];
  let [leftRows, rightRows, onlyLeft, onlyRight] = [0, 0, 0, 0];
  while (a.done !== true || b.done !== true) {
    const isEqual = a.done !== true && b.done !== true && a.value === b.value;
    const takeLeft = a.done !== true && (isEqual || b.done === true || a.value < b.value);
    if (takeLeft) {
      leftRows += 1;
      if (!isEqual) onlyLeft += 1;
      a = await left.next();
    }
    if (isEqual || !takeLeft) {
      rightRows += 1;
      if (!isEqual) onlyRight += 1;
      b = await right.next();
    }
  }
  return { leftRows, rightRows, onlyLeft, onlyRight };
}

async function withHashes<T>(set: RowSet, work: (hashes: AsyncIterator<string>) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: set.url,
    application_name: 'penstock-compare',
    // The text of a value depends on these.
    options:
      '-c TimeZone=UTC -c DateStyle=ISO -c IntervalStyle=postgres -c extra_float_digits=1 -c work_mem=64MB',
  });
  client.on('error', () => {});
  await client.connect();
  try {
    const copied = client.query(copyTo(hashesSql(set)));
    // When the other side fails this one is cut in its middle; nobody waits for its error then.
    copied.on('error', () => {});
    return await work(linesOf(copied));
  } finally {
    await client.end();
  }
}

/** A record's text tells NULL from '' and quotes what separates, so equal text means equal values. */
function hashesSql({ relation, columns }: RowSet): string {
  const texts = columns.map((column) => `${quoteIdent(column)}::text`).join(', ');
  const hashes = `select md5(row(${texts})::text) as h from ${quoteRelation(relation)}`;
  return `copy (select h from (${hashes}) as hashed order by h collate "C") to stdout`;
}

async function* linesOf(stream: AsyncIterable<Buffer>): AsyncGenerator<string, undefined> {
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + chunk.toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  return undefined;
}
