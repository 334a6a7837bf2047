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
  const out = new CompactBytes();
  write(value, out);
  return out.taken();
}

const FIRST_BYTES = 256;
/** Of a variable-length integer of 64 bits. */
const LONGEST_VARINT = 10;
/** Twice as much is still an integer of 32 bits. */
const MOST_SMALL = 0x3fff_ffff;

class CompactBytes {
  #bytes = Buffer.allocUnsafe(FIRST_BYTES);
  #at = 0;

  byte(value: number): void {
    this.#makeRoom(1);
    this.#bytes[this.#at] = value;
    this.#at += 1;
  }

  text(value: string): void {
    const bytes = Buffer.byteLength(value);
    this.varint(bytes);
    this.#makeRoom(bytes);
    this.#at += this.#bytes.write(value, this.#at);
  }

  /** @param value a safe integer. */
  zigzag(value: number): void {
    if (Math.abs(value) <= MOST_SMALL) this.varint(value < 0 ? -2 * value - 1 : 2 * value);
    else this.#wide(value < 0 ? -2n * BigInt(value) - 1n : 2n * BigInt(value));
  }

  /** @param value an integer of 32 bits, not negative. */
  varint(value: number): void {
    this.#makeRoom(LONGEST_VARINT);
    let left = value >>> 0;
    for (; left > 0x7f; left >>>= 7) this.byte((left & 0x7f) | 0x80);
    this.byte(left);
  }

  #wide(value: bigint): void {
    let left = value;
    for (; left > 0x7fn; left >>= 7n) this.byte(Number(left & 0x7fn) | 0x80);
    this.byte(Number(left));
  }

  taken(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }

  #makeRoom(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#at + bytes, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }
}

function write(value: ThriftValue, out: CompactBytes): void {
  switch (value.kind) {
    case 'bool':
      throw new TypeError('a bool is written with its field');
    case 'i8':
      out.byte(value.value & 0xff);
      return;
    case 'i32':
    case 'i64':
      out.zigzag(value.value);
      return;
    case 'string':
      out.text(value.value);
      return;
    case 'list':
      writeList(value, out);
      return;
    case 'struct':
      writeStruct(value.fields, out);
  }
}

function writeList({ of, items }: Extract<ThriftValue, { kind: 'list' }>, out: CompactBytes): void {
  if (items.length <= LONGEST_SHORT_LIST) out.byte((items.length << 4) | TYPE[of]);
  else {
    out.byte(0xf0 | TYPE[of]);
    out.varint(items.length);
  }
  for (const item of items) write(item, out);
}

/** A field is numbered from the one before, which is never more than 15 below in Parquet's structs. */
function writeStruct(fields: readonly ThriftField[], out: CompactBytes): void {
  let before = 0;
  for (const [id, value] of fields) {
    const isBool = value.kind === 'bool';
    const type = isBool ? (value.value ? TRUE : FALSE) : TYPE[value.kind];
    out.byte(((id - before) << 4) | type);
    if (!isBool) write(value, out);
    before = id;
  }
  out.byte(0);
}
