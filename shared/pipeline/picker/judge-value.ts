import type { Field } from '../field.ts';
import { doubled } from '../line-quote.ts';
import { type ConvertValue, declaredChecks } from '../projection/convert-value.ts';
import { isFailure } from '../projection/failure.ts';
import { JsonBytes } from '../projection/json-bytes.ts';
import { writeLeaf } from '../projection/write-leaf.ts';

/**
 * Says of a value what is to be written: itself as it stands in the answer (true), another text, or nothing, since it is wrong
 * (false).
 *
 * @param isPlain a string without escapes, so that it can stand as it is.
 */
export type Judgement = (value: unknown, isPlain: boolean) => boolean | string;

/** Judges values of a column, by its conversion. */
export function judgeColumn(convert: ConvertValue): Judgement {
  return (value, isPlain) => {
    const text = convert(value);
    if (text === null || isFailure(text)) return false;
    if (isPlain && text === value) return true;
    return doubled(text);
  };
}

/** Judges leaves of a shape. */
export function judgeLeaf(field: Field, hashKey: Uint8Array | null): Judgement {
  const written = writtenLeaf(field, hashKey);
  if (field.type.kind !== 'text' || field.hashed === true) return written;
  const check = declaredChecks(field);
  return (value, isPlain) => {
    if (!isPlain || typeof value !== 'string') return written(value, isPlain);
    return check?.(value) === undefined;
  };
}

function writtenLeaf(field: Field, hashKey: Uint8Array | null): Judgement {
  const write = writeLeaf(field, hashKey);
  const out = new JsonBytes();
  return (value) => {
    out.clear();
    return write(out, value) === undefined ? out.text() : false;
  };
}
