import type { Value } from '#shared/template/values/value.ts';
import type { ResultValue } from '../adapter/adapter.ts';
import { DecimalValue } from './decimal-value.ts';
import { MomentValue } from './moment-value.ts';

/** A warehouse's value as a template's. */
export function resultValue(value: ResultValue): Value {
  if (typeof value !== 'object' || value === null) return value;
  return value.kind === 'decimal' ? new DecimalValue(value.text) : MomentValue.parse(value.kind, value.text);
}
