import { PenstockError } from '#shared/errors/penstock-error.ts';
import type { ParquetEngine, ParquetSession, ResultRow } from '#shared/parquet/parquet-engine.ts';
import { readParquetEnvelope } from '#shared/parquet/parquet-envelope.ts';
import { parquetRelation } from '#shared/parquet/parquet-relation.ts';
import { quoteIdent } from '#shared/warehouse/quote-identifier.ts';
import { BrokenObject } from './broken-object.ts';
import { parseExactJson } from './exact-json.ts';
import { type RawRow, rawRow } from './raw-row.ts';

/**
 * Rows of a Parquet file: every value as its exact canonical text, null for none; lists, structures, maps and JSON as values.
 *
 * @throws BrokenObject not-parquet, truncated, parquet-corrupt, too-deep; PenstockErrors of `parquetErrors` for what is not the
 *   file's fault.
 */
export async function* parquetRows(
  engine: ParquetEngine,
  path: string,
  signal?: AbortSignal,
): AsyncGenerator<RawRow[]> {
  const envelope = await readParquetEnvelope(path);
  if (!envelope.ok) throw new BrokenObject(envelope.problem === 'truncated' ? 'truncated' : 'not-parquet');
  try {
    yield* withSession(engine, signal, (session) => rowsOf(session, path));
  } catch (error) {
    if (error instanceof PenstockError && error.retry === 'terminal')
      throw new BrokenObject('parquet-corrupt');
    throw error;
  }
}

/** Lends a generator the session that the engine gives only for the time of a call. */
async function* withSession<T>(
  engine: ParquetEngine,
  signal: AbortSignal | undefined,
  rows: (session: ParquetSession) => AsyncGenerator<T>,
): AsyncGenerator<T> {
  const opened = Promise.withResolvers<ParquetSession>();
  const ended = Promise.withResolvers<void>();
  const lent = engine.use(async (session) => {
    opened.resolve(session);
    await ended.promise;
  }, signal);
  lent.catch(opened.reject);
  try {
    yield* rows(await opened.promise);
  } finally {
    ended.resolve();
    await lent.catch(() => {});
  }
}

interface Column {
  readonly name: string;
  readonly isNested: boolean;
}

async function* rowsOf(session: ParquetSession, path: string): AsyncGenerator<RawRow[]> {
  const described = await session.rows(`describe select * from ${parquetRelation([path])}`);
  const columns = described.map((row): Column & { readonly sql: string } => {
    const [name, type] = [String(row['column_name']), String(row['column_type'])];
    return { name, isNested: isNested(type), sql: exactText(quoteIdent(name), type) };
  });
  const list = columns.map(({ sql }, index) => `${sql} as c${index}`).join(', ');
  for await (const rows of session.batches(`select ${list} from ${parquetRelation([path])}`))
    yield rows.map((row) => rawRow(objectOf(row, columns)));
}

function objectOf(row: ResultRow, columns: readonly Column[]): Record<string, unknown> {
  return Object.fromEntries(
    columns.map(({ name, isNested }, index) => {
      const text = row[`c${index}`];
      if (typeof text !== 'string') return [name, null];
      return [name, isNested ? parseExactJson(text) : text];
    }),
  );
}

const isNested = (type: string): boolean => /^(STRUCT|MAP|UNION|JSON|VARIANT)|\]$/.test(type);

/** The canonical text of a value (see `shared/parquet/README.md`), by the type that DuckDB gives the column. */
function exactText(column: string, type: string): string {
  const text = `${column}::VARCHAR`;
  if (type === 'JSON') return text;
  if (isNested(type)) return `to_json(${column})::VARCHAR`;
  if (type.startsWith('DECIMAL'))
    // Without the digit before the point where all digits are behind it.
    return `case when starts_with(${text}, '-.') then '-0' || substr(${text}, 2)
      when starts_with(${text}, '.') then '0' || ${text} else ${text} end`;
  if (type === 'DOUBLE' || type === 'FLOAT')
    return `case when isnan(${column}) then 'NaN' when isinf(${column}) then
      case when ${column} > 0 then 'Infinity' else '-Infinity' end else ${text} end`;
  if (type === 'TIMESTAMP WITH TIME ZONE') return `(${column} at time zone 'UTC')::VARCHAR || '+00'`;
  if (type === 'TIMESTAMP_NS')
    // Digits that nothing here could hold stay, so that the row is rejected and not rounded.
    return `case when ${column}::TIMESTAMP::TIMESTAMP_NS = ${column} then ${column}::TIMESTAMP::VARCHAR else ${text} end`;
  if (type === 'BLOB') return `'\\x' || lower(hex(${column}))`;
  return text;
}
