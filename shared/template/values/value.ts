import type { DictValue } from './dict-value.ts';
import type { HostObject } from './host-object.ts';
import type { IteratorValue } from './iterator-value.ts';
import type { ListValue } from './list-value.ts';
import type { RangeValue } from './range-value.ts';
import type { SetValue } from './set-value.ts';
import type { TupleValue } from './tuple-value.ts';
import type { UndefinedValue } from './undefined-value.ts';

/**
 * A Python value. `bigint` is int, `number` is float, `null` is None, `string` is str.
 * Nothing else may reach a template: `fromHost` converts plain data, HostObject carries the rest.
 */
export type Value =
  | null
  | boolean
  | bigint
  | number
  | string
  | ListValue
  | TupleValue
  | DictValue
  | SetValue
  | RangeValue
  | IteratorValue
  | UndefinedValue
  | HostObject;
