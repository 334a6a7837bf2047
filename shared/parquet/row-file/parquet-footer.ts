import { MAGIC } from '../parquet-envelope.ts';
import type { RowColumn } from './row-columns.ts';
import { encodeThrift, i32, i64, list, string, struct, type ThriftValue } from './thrift-compact.ts';

/*
 * The structures of a Parquet file, by the numbers of `parquet.thrift`.
 * See https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
 */

const [PLAIN, RLE] = [0, 3];
const OPTIONAL = 1;
const DATA_PAGE = 0;

/** How a page's body is stored. */
export const CODEC = { none: 0, zstd: 6 } as const;
export type Codec = keyof typeof CODEC;

/** One column of one row group, which is one page. */
export interface WrittenChunk {
  readonly column: RowColumn;
  readonly codec: Codec;
  readonly values: number;
  readonly nulls: number;
  /** Where its page's header begins. */
  readonly offset: number;
  /** With the header, before and after compression. */
  readonly plainBytes: number;
  readonly storedBytes: number;
}

export interface WrittenGroup {
  readonly rows: number;
  readonly chunks: readonly WrittenChunk[];
}

/** @param plainBytes and storedBytes of the body. @param values NULLs included. */
export function pageHeader(values: number, plainBytes: number, storedBytes: number): Buffer {
  return encodeThrift(
    struct(
      [1, i32(DATA_PAGE)],
      [2, i32(plainBytes)],
      [3, i32(storedBytes)],
      [5, struct([1, i32(values)], [2, i32(PLAIN)], [3, i32(RLE)], [4, i32(RLE)])],
    ),
  );
}

/** All that follows the pages. */
export function fileFooter(
  columns: readonly RowColumn[],
  groups: readonly WrittenGroup[],
  stamps: Readonly<Record<string, string>>,
): Buffer {
  const rows = groups.reduce((sum, group) => sum + group.rows, 0);
  const footer = encodeThrift(
    struct(
      [1, i32(1)],
      [2, list('struct', [schemaRoot(columns.length), ...columns.map(schemaElement)])],
      [3, i64(rows)],
      [4, list('struct', groups.map(rowGroup))],
      [
        5,
        list(
          'struct',
          Object.entries(stamps).map(([key, value]) => struct([1, string(key)], [2, string(value)])),
        ),
      ],
      [6, string('penstock')],
    ),
  );
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.length);
  return Buffer.concat([footer, length, Buffer.from(MAGIC)]);
}

const schemaRoot = (columns: number): ThriftValue => struct([4, string('row')], [5, i32(columns)]);

/** Every column is optional, as in the files of the other way; what may be NULL is the contract's to say. */
function schemaElement({ name, physical, annotation }: RowColumn): ThriftValue {
  const length = annotation.filter(([id]) => id < 3);
  const rest = annotation.filter(([id]) => id > 3);
  return struct([1, i32(physical)], ...length, [3, i32(OPTIONAL)], [4, string(name)], ...rest);
}

function rowGroup({ rows, chunks }: WrittenGroup): ThriftValue {
  const plainBytes = chunks.reduce((sum, chunk) => sum + chunk.plainBytes, 0);
  return struct([1, list('struct', chunks.map(columnChunk))], [2, i64(plainBytes)], [3, i64(rows)]);
}

function columnChunk(chunk: WrittenChunk): ThriftValue {
  const { column, codec, values, nulls, offset, plainBytes, storedBytes } = chunk;
  const metadata = struct(
    [1, i32(column.physical)],
    [2, list('i32', [i32(PLAIN), i32(RLE)])],
    [3, list('string', [string(column.name)])],
    [4, i32(CODEC[codec])],
    [5, i64(values)],
    [6, i64(plainBytes)],
    [7, i64(storedBytes)],
    [9, i64(offset)],
    [12, struct([3, i64(nulls)])],
  );
  return struct([2, i64(offset)], [3, metadata]);
}
