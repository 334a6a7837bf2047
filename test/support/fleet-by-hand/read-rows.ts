import { withClient } from '../with-client.ts';

/** A row as JSON: numbers, booleans and text; instants as {@link instant} writes them. */
export type Row = Readonly<Record<string, unknown>>;

/** Columns in which a pipeline says when and by which run a row came. */
export const OF_THE_ENGINE: readonly string[] = [
  ...[
    '_version',
    '_row_hash',
    '_loaded_at',
    '_source_table',
    '_run_id',
    '_source_file',
    '_bronze_loaded_at',
    '_build',
  ],
];

/** All rows of a relation without some columns. */
export async function readRows(
  url: string,
  relation: string,
  without: readonly string[] = OF_THE_ENGINE,
): Promise<Row[]> {
  return withClient(url, async (client) => {
    await client.query("set timezone = 'UTC'");
    const sql = `select to_jsonb(t) - $1::text[] as r from ${relation} as t`;
    const { rows } = await client.query<{ r: Row }>(sql, [without]);
    return rows.map(({ r }) => r);
  });
}

/** What two lists of rows do not share, and how many rows there are; a list that a failure can be read from. */
export interface Disagreement {
  readonly rows: number;
  readonly missing: readonly Row[];
  readonly unexpected: readonly Row[];
}

const MOST_SHOWN = 3;

/** Compares as lists without order: a doubled row is unexpected. */
export function compareRows(found: readonly Row[], expected: readonly Row[]): Disagreement {
  return {
    rows: found.length,
    missing: minus(expected, found).slice(0, MOST_SHOWN),
    unexpected: minus(found, expected).slice(0, MOST_SHOWN),
  };
}

/** What {@link compareRows} gives for so many rows that are the same. */
export const theSame = ({ length }: readonly Row[]): Disagreement => ({
  rows: length,
  missing: [],
  unexpected: [],
});

function minus(rows: readonly Row[], others: readonly Row[]): Row[] {
  const left = new Map<string, number>();
  for (const row of others) left.set(textOf(row), (left.get(textOf(row)) ?? 0) + 1);
  return rows.filter((row) => {
    const key = textOf(row);
    const count = left.get(key) ?? 0;
    left.set(key, count - 1);
    return count <= 0;
  });
}

/** Keys in order at every depth. */
const textOf = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => Number(a > b) - Number(a < b)))
      : part,
  );

/** An instant as the database writes it into JSON. */
export const instant = (at: number | string | null): string | null =>
  at === null ? null : new Date(at).toISOString().replace(/\.?0*Z$/, '+00:00');

/** `YYYY-MM-DD` in UTC. */
export const dayOf = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10);
