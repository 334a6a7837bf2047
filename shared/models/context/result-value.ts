import type { Budget } from '#shared/template/limits/budget.ts';
import { floatText } from '#shared/template/values/float-text.ts';
import type { Value } from '#shared/template/values/value.ts';
import type { ResultValue } from '../adapter/adapter.ts';
import { DecimalValue } from './decimal-value.ts';
import { jsonResult } from './json-value.ts';
import { MomentValue } from './moment-value.ts';

/**
 * A warehouse's value as a template's, as the original's tables have it (`agate_helper.py`): floats become decimals, JSON is written
 * anew, times of day are text.
 *
 * @param dataType of the column.
 */
export function resultValue(value: ResultValue, dataType: string, budget: Budget): Value {
  if (value === null || typeof value === 'boolean' || typeof value === 'bigint') return value;
  if (typeof value === 'number') return new DecimalValue(floatText(value));
  if (typeof value === 'string') return JSON_TYPES.has(dataType) ? jsonResult(value, budget) : value;
  if (value.kind === 'decimal') return new DecimalValue(value.text);
  return value.kind === 'time' ? value.text : momentOf(value.kind, value.text);
}

const JSON_TYPES: ReadonlySet<string> = new Set(['json', 'jsonb']);

/** Days that Python's calendar does not have (infinity, before Christ) stay text. */
function momentOf(kind: 'date' | 'timestamp' | 'timestamptz', text: string): Value {
  return /^\d{4}-[^a-zA-Z]*$/.test(text) ? MomentValue.parse(kind, text) : text;
}
