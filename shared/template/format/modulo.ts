import type { Budget } from '../limits/budget.ts';
import { operate } from '../values/arithmetic.ts';
import type { Value } from '../values/value.ts';
import { formatPercent } from './percent-format.ts';

/** Python's `%`: the remainder of numbers, the formatting of text. */
export function modulo(left: Value, right: Value, budget: Budget): Value {
  return typeof left === 'string' ? formatPercent(left, right, budget) : operate('%', left, right, budget);
}
