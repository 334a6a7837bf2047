import type { Budget } from '#shared/template/limits/budget.ts';
import { compareForSort } from '#shared/template/values/compare.ts';
import type { Value } from '#shared/template/values/value.ts';

/**
 * Items by the value of each, NULL last, as agate sorts.
 *
 * @throws a `type` fault for values that have no order.
 */
export function sortedBy<T>(items: readonly T[], keyOf: (item: T) => Value, budget: Budget): T[] {
  budget.step(items.length);
  return items.toSorted((left, right) => {
    const [a, b] = [keyOf(left), keyOf(right)];
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    return compareForSort(a, b, budget);
  });
}
