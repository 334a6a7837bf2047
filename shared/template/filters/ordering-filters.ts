import { typeFault } from '../failures/template-fault.ts';
import { parameters } from '../host/parameters.ts';
import type { Budget } from '../limits/budget.ts';
import { getPairs } from '../methods/get-pairs.ts';
import type { CallSite } from '../values/call-site.ts';
import { compareForSort, ordered } from '../values/compare.ts';
import { DictValue } from '../values/dict-value.ts';
import { equals } from '../values/equals.ts';
import { HostObject } from '../values/host-object.ts';
import { itemsOf } from '../values/iterate.ts';
import { IteratorValue } from '../values/iterator-value.ts';
import { ListValue } from '../values/list-value.ts';
import { SetValue } from '../values/set-value.ts';
import { isTrue } from '../values/truth.ts';
import { TupleValue } from '../values/tuple-value.ts';
import type { Value } from '../values/value.ts';
import { attributeGetter, attributesGetter, type Getter, ignoringCase } from './attribute-getter.ts';
import { filterTable } from './filter-table.ts';

const bindSort = parameters('sort', 'reverse?', 'case_sensitive?', 'attribute?');
const bindDictSort = parameters('dictsort', 'case_sensitive?', 'by?', 'reverse?');
const bindUnique = parameters('unique', 'case_sensitive?', 'attribute?');
const bindGroup = parameters('groupby', 'attribute', 'default?', 'case_sensitive?');

/** Sorts by keys worked out once per item. Stable, reversed too. */
function sortedBy(
  items: readonly Value[],
  keyOf: (item: Value) => Value,
  isReversed: boolean,
  budget: Budget,
): Value[] {
  const keyed = items.map((item) => ({ item, key: keyOf(item) }));
  keyed.sort((a, b) =>
    isReversed ? compareForSort(b.key, a.key, budget) : compareForSort(a.key, b.key, budget),
  );
  return keyed.map(({ item }) => item);
}

function foldUnless(caseSensitive: Value): Getter {
  return isTrue(caseSensitive) ? (value) => value : ignoringCase;
}

function sort(value: Value, call: CallSite): Value {
  const [reverse = false, caseSensitive = false, attribute = null] = bindSort(call);
  const { budget } = call.state;
  const get = attributesGetter(attribute, call.state);
  const fold = foldUnless(caseSensitive);
  const keyOf = (item: Value): Value => new ListValue(get(item).map(fold));
  return new ListValue(sortedBy(itemsOf(value, budget), keyOf, isTrue(reverse), budget));
}

function dictSort(value: Value, call: CallSite): Value {
  const [caseSensitive = false, by = 'key', reverse = false] = bindDictSort(call);
  if (by !== 'key' && by !== 'value') throw typeFault('You can only sort by either "key" or "value"');
  const isMapping = value instanceof DictValue || (value instanceof HostObject && value.isMapping());
  if (!isMapping) throw typeFault('dictsort needs a dictionary');
  const fold = foldUnless(caseSensitive);
  const pairs = getPairs(value, call).map((pair) => new TupleValue(pair));
  const keyOf = (item: Value): Value =>
    fold((item instanceof TupleValue ? item.items[by === 'key' ? 0 : 1] : null) ?? null);
  return new ListValue(sortedBy(pairs, keyOf, isTrue(reverse), call.state.budget));
}

function unique(value: Value, call: CallSite): Value {
  const [caseSensitive = false, attribute = null] = bindUnique(call);
  const get = attributeGetter(attribute, call.state);
  const fold = foldUnless(caseSensitive);
  const seen = new SetValue();
  const kept = itemsOf(value, call.state.budget).filter((item) => {
    const key = fold(get(item));
    const isNew = !seen.has(key);
    if (isNew) seen.add(key);
    return isNew;
  });
  return new IteratorValue(kept);
}

function extreme(operator: '<' | '>'): (value: Value, call: CallSite) => Value {
  return (value, call) => {
    const [caseSensitive = false, attribute = null] = bindUnique(call);
    const { budget } = call.state;
    const get = attributeGetter(attribute, call.state);
    const fold = foldUnless(caseSensitive);
    const [first, ...rest] = itemsOf(value, budget);
    if (first === undefined) return call.state.undefinedOf(() => 'No aggregated item, sequence was empty.');
    let best = { item: first, key: fold(get(first)) };
    for (const item of rest) {
      const key = fold(get(item));
      if (ordered(key, operator, best.key, budget)) best = { item, key };
    }
    return best.item;
  };
}

function groupBy(value: Value, call: CallSite): Value {
  const [attribute = null, otherwise = null, caseSensitive = false] = bindGroup(call);
  const { budget } = call.state;
  const get = attributeGetter(attribute, call.state, otherwise);
  const fold = foldUnless(caseSensitive);
  const groups: { key: Value; grouper: Value; items: Value[] }[] = [];
  for (const item of sortedBy(itemsOf(value, budget), (one) => fold(get(one)), false, budget)) {
    const grouper = get(item);
    const key = fold(grouper);
    const open = groups.at(-1);
    if (open !== undefined && equals(open.key, key, budget)) open.items.push(item);
    else groups.push({ key, grouper, items: [item] });
  }
  return new ListValue(
    groups.map(({ grouper, items }) => new TupleValue([grouper, new ListValue(items)], ['grouper', 'list'])),
  );
}

export const orderingFilters = filterTable({
  sort,
  dictsort: dictSort,
  unique,
  min: extreme('<'),
  max: extreme('>'),
  groupby: groupBy,
});
