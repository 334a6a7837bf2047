import type { Field, ScalarType } from '../field.ts';
import type { RejectCode } from '../reject-codes.ts';
import { declaredChecks, keyedHash, type TextCheck } from './convert-value.ts';
import type { JsonBytes } from './json-bytes.ts';
import { toTextOf } from './scalar-text.ts';

/** Writes one value that is not null as JSON; when it fails, what was written must be thrown away. */
export type WriteLeaf = (out: JsonBytes, value: unknown) => RejectCode | undefined;

/** Compiles a leaf of shaped JSON: its conversion, its checks, and how it is written. */
export function writeLeaf(field: Field, hashKey: Uint8Array | null): WriteLeaf {
  const { type } = field;
  if (type.kind === 'array') return writeArray(type.of);
  const check = declaredChecks(field);
  if (type.kind === 'text' && field.hashed !== true && check === undefined) return writeText;
  const landed = field.hashed === true && hashKey !== null ? keyedHash(hashKey) : undefined;
  if (type.kind === 'boolean') return writeBoolean;
  const anyValue = writeCanonical(type, check, landed);
  const isNumber = type.kind === 'int32' || type.kind === 'int64' || type.kind === 'float64';
  return isNumber && field.checks.oneOf === undefined ? writeNumber(field, anyValue) : anyValue;
}

function writeText(out: JsonBytes, value: unknown): RejectCode | undefined {
  return typeof value === 'string' && out.string(value) ? undefined : 'type';
}

const [TRUE, FALSE] = [Buffer.from('true'), Buffer.from('false')];
const booleanText = toTextOf({ kind: 'boolean' });

function writeBoolean(out: JsonBytes, value: unknown): RejectCode | undefined {
  const text = typeof value === 'boolean' ? (value ? 't' : 'f') : booleanText(value);
  if (text === undefined) return 'type';
  out.fragment(text === 't' ? TRUE : FALSE);
  return undefined;
}

/** By way of canonical text. */
function writeCanonical(
  type: ScalarType,
  check: TextCheck | undefined,
  landed: ((text: string) => string) | undefined,
): WriteLeaf {
  const toText = toTextOf(type);
  const put = putterOf(type);
  return (out, value) => {
    const text = toText(value);
    if (text === undefined) return 'type';
    const code = check?.(text);
    if (code === undefined) put(out, landed === undefined ? text : landed(text));
    return code;
  };
}

/** Numbers stand bare in JSON. */
function putterOf(type: ScalarType): (out: JsonBytes, text: string) => void {
  switch (type.kind) {
    case 'int32':
    case 'int64':
    case 'float64':
    case 'decimal':
      return (out, text) => out.ascii(text);
    default:
      return (out, text) => {
        out.string(text);
      };
  }
}

/**
 * Numbers that are numbers, the usual case, never become strings. Bounds beyond 2^53 are compared with numbers below it,
 * for which their own rounding makes no difference.
 */
function writeNumber({ type, checks }: Field, otherwise: WriteLeaf): WriteLeaf {
  const isWhole = type.kind !== 'float64';
  const reach = type.kind === 'int32' ? 2 ** 31 : Number.MAX_SAFE_INTEGER + 1;
  const min = checks.min === undefined ? Number.NEGATIVE_INFINITY : Number(checks.min);
  const max = checks.max === undefined ? Number.POSITIVE_INFINITY : Number(checks.max);
  return (out, value) => {
    if (typeof value !== 'number') return otherwise(out, value);
    const fits = isWhole
      ? Number.isSafeInteger(value) && value >= -reach && value < reach
      : Number.isFinite(value);
    if (!fits) return 'type';
    if (value < min) return 'min';
    if (value > max) return 'max';
    out.number(value);
    return undefined;
  };
}

const [OPEN, COMMA, CLOSE] = [91, 44, 93];

/** Elements may be null. */
function writeArray(of: ScalarType): WriteLeaf {
  const element = writeLeaf({ type: of, nullable: true, checks: {}, description: '' }, null);
  return (out, value) => {
    if (!Array.isArray(value)) return 'type';
    out.byte(OPEN);
    for (let i = 0; i < value.length; i += 1) {
      if (i > 0) out.byte(COMMA);
      const one: unknown = value[i];
      if (one === null) out.ascii('null');
      else if (element(out, one) !== undefined) return 'type';
    }
    out.byte(CLOSE);
    return undefined;
  };
}
