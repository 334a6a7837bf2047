import type pg from 'pg';
import { quoteIdent } from '#shared/warehouse/quote-identifier.ts';
import type { TextRecord } from '../text-table.ts';
import type { ExpectedTable } from './expected-tables.ts';

/** When a step of a test ran, by the server's clock, as texts of `timestamp` in its own time zone. */
export interface StepTime {
  readonly from: string;
  readonly to: string;
}

/** What the marks `@…` in expected cells stand for. */
export interface Marks {
  /** By the number of the step, from 1. */
  readonly steps: readonly StepTime[];
}

const KINDS: Readonly<Record<string, string>> = {
  r: 'table',
  p: 'table',
  v: 'view',
  m: 'materialized view',
};

/**
 * Differences between what stands in a database and what is expected, a line each; empty when all agrees. Relations that nobody
 * expects, in the schemas that the expected ones are in, are differences too; so are the kind, the columns and their order.
 */
export async function relationDifferences(
  client: pg.Client,
  expected: readonly ExpectedTable[],
  marks: Marks,
): Promise<string[]> {
  const relations = expected.filter(({ kind }) => kind !== 'query' && kind !== 'results');
  const found = await relationsIn(client, [...new Set(relations.map(({ schema }) => schema))]);
  const expectedNames = new Set(relations.map(nameOf));
  const differences = [...found.keys()]
    .filter((name) => !expectedNames.has(name))
    .map((name) => `${name}: not expected`);
  for (const table of expected) {
    if (table.kind === 'results') continue;
    const lines = await differencesOf(client, table, found.get(nameOf(table)), marks);
    differences.push(...lines.map((line) => `${nameOf(table)}: ${line}`));
  }
  return differences;
}

const nameOf = ({ schema, name }: ExpectedTable): string => `${schema}.${name}`;

async function differencesOf(
  client: pg.Client,
  table: ExpectedTable,
  kind: string | undefined,
  marks: Marks,
): Promise<string[]> {
  if (table.sql !== undefined) return rowsOfQuery(client, table, table.sql, marks);
  if (kind === undefined) return ['missing'];
  if (kind !== table.kind) return [`a ${kind}, not a ${table.kind}`];
  const relation = `${quoteIdent(table.schema)}.${quoteIdent(table.name)}`;
  return rowsOfQuery(client, table, `select * from ${relation}`, marks);
}

/** Name and kind of every relation in some schemas. */
async function relationsIn(client: pg.Client, schemas: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await client.query<{ name: string; kind: string }>(
    `select n.nspname || '.' || c.relname as name, c.relkind as kind
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = any($1) and c.relkind in ('r', 'p', 'v', 'm') and not c.relispartition order by 1`,
    [schemas],
  );
  return new Map(rows.map((row) => [row.name, KINDS[row.kind] ?? row.kind]));
}

async function rowsOfQuery(
  client: pg.Client,
  table: ExpectedTable,
  sql: string,
  marks: Marks,
): Promise<string[]> {
  const { fields } = await client.query(`select * from (${sql}) as q limit 0`);
  const columns = fields.map((field) => field.name);
  if (columns.join(' | ') !== table.columns.join(' | '))
    return [`columns ${columns.join(' | ')}, not ${table.columns.join(' | ')}`];
  const texts = columns.map((column) => `${quoteIdent(column)}::text`).join(', ');
  const { rows } = await client.query<TextRecord>(`select ${texts} from (${sql}) as q`);
  return rowDifferences(table, rows, marks);
}

/** Rows that only one side has, in any order, each row counted. */
export function rowDifferences(table: ExpectedTable, rows: readonly TextRecord[], marks: Marks): string[] {
  const left = [...rows];
  const missing = table.rows.filter((wanted) => {
    const at = left.findIndex((row) =>
      table.columns.every((name) => agrees(wanted[name] ?? null, row[name] ?? null, marks)),
    );
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  const show = (row: TextRecord) => table.columns.map((name) => row[name] ?? '-').join(' | ');
  return [
    ...missing.map((row) => `no row ${show(row)}`),
    ...left.map((row) => `unexpected row ${show(row)}`),
  ];
}

function agrees(wanted: string | null, value: string | null, marks: Marks): boolean {
  if (wanted === null || value === null || !/^(\*|@\d+)$/.test(wanted)) return wanted === value;
  if (wanted === '*') return true;
  const step = marks.steps[Number(wanted.slice(1)) - 1];
  // Texts of one kind of timestamp sort as their moments do.
  return step !== undefined && value >= step.from && value <= step.to;
}
