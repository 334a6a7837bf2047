import { typeFault, valueFault } from '../failures/template-fault.ts';
import type { CallSite } from '../values/call-site.ts';
import { DictValue } from '../values/dict-value.ts';
import { HostObject } from '../values/host-object.ts';
import { itemsOf } from '../values/iterate.ts';
import { typeName } from '../values/type-name.ts';
import type { Value } from '../values/value.ts';

/**
 * Keys and values of what `dict(…)` and `update(…)` accept: a dictionary, a mapping of the host, or pairs.
 *
 * @throws a fault when an item is no pair.
 */
export function getPairs(source: Value, call: CallSite): [Value, Value][] {
  const { budget } = call.state;
  if (source instanceof DictValue) {
    budget.step(source.size);
    return [...source.entries()].map(([key, value]) => [key, value]);
  }
  if (source instanceof HostObject && source.isMapping()) {
    return itemsOf(source, budget).map((key) => [key, source.getItem(key) ?? null]);
  }
  return itemsOf(source, budget).map((item) => {
    if (typeof item !== 'object')
      throw typeFault(`cannot convert an element of type ${typeName(item)} to a pair`);
    const [key, value, ...more] = itemsOf(item, budget);
    if (key === undefined || value === undefined || more.length > 0) {
      throw valueFault('a dictionary is made from pairs');
    }
    return [key, value];
  });
}
