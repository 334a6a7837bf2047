import { typeFault } from '../failures/template-fault.ts';
import type { CallSite, FilterFunction } from '../values/call-site.ts';
import { itemsOf } from '../values/iterate.ts';
import { IteratorValue } from '../values/iterator-value.ts';
import { isTrue } from '../values/truth.ts';
import type { Value } from '../values/value.ts';
import { after, mapInOrder, type Wait } from '../values/wait.ts';
import { attributeGetter } from './attribute-getter.ts';
import { filterTable } from './filter-table.ts';

/** Applies a filter by name, or reads an attribute, of every item. */
function map(value: Value, call: CallSite): Wait<Value> {
  const change = changeOf(call);
  if (!isTrue(value)) return new IteratorValue([]);
  const items = itemsOf(value, call.state.budget);
  return after(mapInOrder(items, change), (changed) => new IteratorValue(changed));
}

function changeOf(call: CallSite): (item: Value) => Wait<Value> {
  const [name, ...args] = call.args;
  const attribute = call.kwargs.get('attribute');
  if (name === undefined && attribute !== undefined) {
    const unexpected = [...call.kwargs.keys()].find((key) => key !== 'attribute' && key !== 'default');
    if (unexpected !== undefined) throw typeFault(`Unexpected keyword argument '${unexpected}'`);
    return attributeGetter(attribute, call.state, call.kwargs.get('default') ?? null);
  }
  if (typeof name !== 'string') throw typeFault('map requires a filter argument');
  const filter = call.state.filter(name);
  return (item) => filter(item, { args, kwargs: call.kwargs, state: call.state });
}

/** Keeps items by a test by name, of the item or of an attribute of it. */
function selecting(wanted: boolean, byAttribute: boolean): FilterFunction {
  return (value, call) => {
    const accepts = testOf(call, byAttribute);
    if (!isTrue(value)) return new IteratorValue([]);
    const items = itemsOf(value, call.state.budget);
    return after(mapInOrder(items, accepts), (answers) => {
      return new IteratorValue(items.filter((_, index) => answers[index] === wanted));
    });
  };
}

function testOf(call: CallSite, byAttribute: boolean): (item: Value) => Wait<boolean> {
  const [attribute, ...afterAttribute] = call.args;
  if (byAttribute && attribute === undefined) throw typeFault('Missing parameter for attribute name');
  const get = attributeGetter(byAttribute ? (attribute ?? null) : null, call.state);
  const [name, ...args] = byAttribute ? afterAttribute : call.args;
  if (name === undefined) return (item) => isTrue(get(item));
  if (typeof name !== 'string') throw typeFault('the name of a test must be a string');
  const test = call.state.test(name);
  return (item) => test(get(item), { args, kwargs: call.kwargs, state: call.state });
}

export const selectionFilters = filterTable({
  map,
  select: selecting(true, false),
  reject: selecting(false, false),
  selectattr: selecting(true, true),
  rejectattr: selecting(false, true),
});
