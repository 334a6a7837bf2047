import { join } from 'node:path';
import {
  type DuckDBAppender,
  DuckDBDecimalValue,
  DuckDBInstance,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
} from '@duckdb/node-api';
import { landedColumns } from '#shared/parquet/contract-columns.ts';
import { digestFile } from '#shared/parquet/file-digest.ts';
import { instantMicros } from '#shared/parquet/instant-micros.ts';
import { rowHash } from '#shared/parquet/row-hash.ts';
import { sqlText } from '#shared/parquet/sql-text.ts';
import { unscaled } from '#shared/pipeline/compare-canonical.ts';
import type { FieldType } from '#shared/pipeline/field.ts';
import { quoteIdent } from '#shared/warehouse/quote-identifier.ts';
import { STAMP, type Way } from './way.ts';

type Append = (appender: DuckDBAppender, text: string) => void;

/** DuckDB's appender value by value into a table in memory, with the engine's limits, hashes by the twin of the SQL. */
export const byAppender: Way = async ({ contract, rows, folder, outPath }) => {
  const instance = await DuckDBInstance.create(':memory:', {
    ...{ threads: '2', memory_limit: '256MiB', temp_directory: join(folder, 'spill') },
    ...{ preserve_insertion_order: 'false', allocator_flush_threshold: '8MiB' },
  });
  const connection = await instance.connect();
  const columns = landedColumns(contract).map(({ name, duckdb }) => `${quoteIdent(name)} ${duckdb}`);
  await connection.run("set TimeZone = 'UTC'");
  await connection.run(`create table landed (${columns.join(', ')})`);
  const appender = await connection.createAppender('landed');
  const fieldsOf = Object.entries(contract.fields).map(([name, { type }]) => ({
    name,
    append: appendOf(type),
  }));
  for (const { fields } of rows) {
    const texts = Object.fromEntries(fieldsOf.map(({ name }, i) => [name, fields[i] ?? null] as const));
    fieldsOf.forEach(({ append }, i) => {
      const text = fields[i] ?? null;
      if (text === null) appender.appendNull();
      else append(appender, text);
    });
    appender.appendBigInt(BigInt(STAMP.cursor));
    appender.appendVarchar(STAMP.version);
    appender.appendVarchar(rowHash(contract, texts));
    appender.appendVarchar(STAMP.slice);
    appender.endRow();
  }
  appender.closeSync();
  await connection.run(`copy landed to ${sqlText(outPath)} (format parquet, compression snappy,
    row_group_size 61440, dictionary_size_limit 64, write_bloom_filter false)`);
  connection.closeSync();
  instance.closeSync();
  await digestFile(outPath);
};

function appendOf(type: FieldType): Append {
  switch (type.kind) {
    case 'int32':
      return (appender, text) => appender.appendInteger(Number(text));
    case 'int64':
      return (appender, text) => appender.appendBigInt(BigInt(text));
    case 'float64':
      return (appender, text) => appender.appendDouble(Number(text));
    case 'decimal': {
      const { precision, scale } = type;
      return (appender, text) =>
        appender.appendDecimal(new DuckDBDecimalValue(unscaled(text, scale), precision, scale));
    }
    case 'boolean':
      return (appender, text) => appender.appendBoolean(text.startsWith('t'));
    case 'timestamp':
      return (appender, text) => appender.appendTimestamp(new DuckDBTimestampValue(instantMicros(text)));
    case 'timestamptz':
      return (appender, text) => appender.appendTimestampTZ(new DuckDBTimestampTZValue(instantMicros(text)));
    default:
      return (appender, text) => appender.appendVarchar(text);
  }
}
