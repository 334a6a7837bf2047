import parquetjs from 'parquetjs-lite';
import { digestFile } from '#shared/parquet/file-digest.ts';
import { instantMicros } from '#shared/parquet/instant-micros.ts';
import { rowHash } from '#shared/parquet/row-hash.ts';
import type { FieldType } from '#shared/pipeline/field.ts';
import { STAMP, type Way } from './way.ts';

/** Rows held before they are written: the writer's own default, and what the landing files' readers are used to. */
const ROW_GROUP_ROWS = 4096;
const SNAPPY = { compression: 'SNAPPY' } as const;

type Value = string | number | bigint | boolean;

/** parquetjs-lite row by row, hashes by the twin of the SQL. Of the types it has, the nearest. */
export const byParquetjs: Way = async ({ contract, rows, outPath }) => {
  const columns = Object.entries(contract.fields).map(([name, { type }]) => ({ name, ...columnOf(type) }));
  const schema = new parquetjs.ParquetSchema({
    ...Object.fromEntries(
      columns.map(({ name, type }) => [name, { type, optional: true, ...SNAPPY }] as const),
    ),
    _cursor: { type: 'INT64', optional: true, ...SNAPPY },
    _version: { type: 'UTF8', ...SNAPPY },
    _row_hash: { type: 'UTF8', ...SNAPPY },
    _slice: { type: 'UTF8', ...SNAPPY },
  });
  const options = { rowGroupSize: ROW_GROUP_ROWS, useDataPageV2: false, pageIndex: false };
  const writer = await parquetjs.ParquetWriter.openFile(schema, outPath, options);
  for (const { fields } of rows) {
    const texts = Object.fromEntries(columns.map(({ name }, i) => [name, fields[i] ?? null] as const));
    const record: Record<string, Value | undefined> = {
      ...{ _cursor: STAMP.cursor, _version: STAMP.version, _slice: STAMP.slice },
      _row_hash: rowHash(contract, texts),
    };
    columns.forEach(({ name, toValue }, i) => {
      const text = fields[i] ?? null;
      if (text !== null) record[name] = toValue(text);
    });
    await writer.appendRow(record);
  }
  await writer.close();
  await digestFile(outPath);
};

interface Column {
  readonly type: parquetjs.ParquetField['type'];
  toValue(text: string): Value;
}

function columnOf(type: FieldType): Column {
  switch (type.kind) {
    case 'int32':
    case 'int64':
      return { type: type.kind === 'int32' ? 'INT32' : 'INT64', toValue: (text) => text };
    case 'float64':
    case 'decimal':
      return { type: 'DOUBLE', toValue: Number };
    case 'boolean':
      return { type: 'BOOLEAN', toValue: (text) => text.startsWith('t') };
    case 'timestamp':
    case 'timestamptz':
      return { type: 'TIMESTAMP_MICROS', toValue: instantMicros };
    default:
      return { type: 'UTF8', toValue: (text) => text };
  }
}
