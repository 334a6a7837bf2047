/** A value of Thrift's, as far as Parquet's footers need them. */
export type ThriftValue =
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'i8' | 'i32' | 'i64'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | {
      readonly kind: 'list';
      readonly of: Exclude<ThriftValue['kind'], 'bool'>;
      readonly items: readonly ThriftValue[];
    }
  | { readonly kind: 'struct'; readonly fields: readonly ThriftField[] };

/** A field's number and value; numbers ascend. */
export type ThriftField = readonly [id: number, value: ThriftValue];

export const bool = (value: boolean): ThriftValue => ({ kind: 'bool', value });
export const i8 = (value: number): ThriftValue => ({ kind: 'i8', value });
export const i32 = (value: number): ThriftValue => ({ kind: 'i32', value });
/** @param value a safe integer. */
export const i64 = (value: number): ThriftValue => ({ kind: 'i64', value });
export const string = (value: string): ThriftValue => ({ kind: 'string', value });
export const struct = (...fields: (ThriftField | undefined)[]): ThriftValue => ({
  kind: 'struct',
  fields: fields.filter((field) => field !== undefined),
});
export const list = (
  of: Exclude<ThriftValue['kind'], 'bool'>,
  items: readonly ThriftValue[],
): ThriftValue => ({ kind: 'list', of, items });

const TYPE = { i8: 3, i32: 5, i64: 6, string: 8, list: 9, struct: 12 } as const;
const [TRUE, FALSE] = [1, 2];
const LONGEST_SHORT_LIST = 14;

/**
 * Encodes a struct by Thrift's compact protocol.
 *
 * @see https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */
export function encodeThrift(value: ThriftValue): Buffer {
  const out: Buffer[] = [];
  write(value, out);
  return Buffer.concat(out);
}

function write(value: ThriftValue, out: Buffer[]): void {
  switch (value.kind) {
    case 'bool':
      throw new TypeError('a bool is written with its field');
    case 'i8':
      out.push(Buffer.from([value.value & 0xff]));
      return;
    case 'i32':
    case 'i64':
      out.push(varint(zigzag(value.value)));
      return;
    case 'string': {
      const bytes = Buffer.from(value.value);
      out.push(varint(BigInt(bytes.length)), bytes);
      return;
    }
    case 'list':
      writeList(value, out);
      return;
    case 'struct':
      writeStruct(value.fields, out);
  }
}

function writeList({ of, items }: Extract<ThriftValue, { kind: 'list' }>, out: Buffer[]): void {
  if (items.length <= LONGEST_SHORT_LIST) out.push(Buffer.from([(items.length << 4) | TYPE[of]]));
  else out.push(Buffer.from([0xf0 | TYPE[of]]), varint(BigInt(items.length)));
  for (const item of items) write(item, out);
}

/** A field is numbered from the one before, which is never more than 15 below in Parquet's structs. */
function writeStruct(fields: readonly ThriftField[], out: Buffer[]): void {
  let before = 0;
  for (const [id, value] of fields) {
    const isBool = value.kind === 'bool';
    const type = isBool ? (value.value ? TRUE : FALSE) : TYPE[value.kind];
    out.push(Buffer.from([((id - before) << 4) | type]));
    if (!isBool) write(value, out);
    before = id;
  }
  out.push(Buffer.from([0]));
}

const zigzag = (value: number): bigint => {
  const wide = BigInt(value);
  return wide < 0n ? -2n * wide - 1n : 2n * wide;
};

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let left = value;
  while (left > 0x7fn) {
    bytes.push(Number(left & 0x7fn) | 0x80);
    left >>= 7n;
  }
  bytes.push(Number(left));
  return Buffer.from(bytes);
}
