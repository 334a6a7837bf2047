import { toJson } from '#shared/template/filters/to-json.ts';
import type { Budget } from '#shared/template/limits/budget.ts';
import { DictValue } from '#shared/template/values/dict-value.ts';
import { ListValue } from '#shared/template/values/list-value.ts';
import type { Value } from '#shared/template/values/value.ts';

/** JSON as Python reads it: 1 is an int of any size, 1.0 a float. @throws SyntaxError */
export function parseJson(text: string): Value {
  return JSON.parse(text, readValue) as Value;
}

/** Inner values come first, so that those of an array or object are template values already. */
function readValue(_key: string, value: unknown, written?: { readonly source?: string }): Value {
  if (typeof value === 'number')
    return /^-?\d+$/.test(written?.source ?? '') ? BigInt(written?.source ?? 0) : value;
  if (Array.isArray(value)) return new ListValue(value as Value[]);
  if (typeof value === 'object' && value !== null)
    return new DictValue(Object.entries(value) as [string, Value][]);
  return value as Value;
}

/**
 * A warehouse's JSON as results have it: objects and arrays as Python's json.dumps writes them, anything else as its value. Text that
 * is no JSON stays as it is.
 */
export function jsonResult(text: string, budget: Budget): Value {
  try {
    const value = parseJson(text);
    return value instanceof ListValue || value instanceof DictValue
      ? toJson(value, { sortKeys: false, indent: undefined }, budget)
      : value;
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}
