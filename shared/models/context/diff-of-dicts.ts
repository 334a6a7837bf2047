import { typeFault } from '#shared/template/failures/template-fault.ts';
import type { Budget } from '#shared/template/limits/budget.ts';
import { DictValue } from '#shared/template/values/dict-value.ts';
import { itemsOf } from '#shared/template/values/iterate.ts';
import { ListValue } from '#shared/template/values/list-value.ts';
import type { Value } from '#shared/template/values/value.ts';

/** `diff_of_two_dicts`: lists of the first without what the second's list of the same key holds; capitals do not count. */
export function diffOfDicts(first: Value, second: Value, budget: Budget): Value {
  if (!(first instanceof DictValue) || !(second instanceof DictValue)) {
    throw typeFault('diff_of_two_dicts() takes two dictionaries');
  }
  const folded = (value: Value): string => String(value).toLowerCase();
  const known = new Map(
    [...second.entries()].map(([key, list]) => [folded(key), itemsOf(list, budget).map(folded)]),
  );
  const diff = new DictValue();
  for (const [key, list] of first.entries()) {
    const there = known.get(folded(key));
    if (there === undefined) {
      diff.set(key, list);
      continue;
    }
    const rest = itemsOf(list, budget).filter((item) => !there.includes(folded(item)));
    if (rest.length > 0) diff.set(key, new ListValue(rest));
  }
  return diff;
}
