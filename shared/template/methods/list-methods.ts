import { typeFault, valueFault } from '../failures/template-fault.ts';
import { expectCount } from '../host/expect.ts';
import { parameters } from '../host/parameters.ts';
import type { CallSite } from '../values/call-site.ts';
import { compareForSort } from '../values/compare.ts';
import { equals } from '../values/equals.ts';
import { itemsOf } from '../values/iterate.ts';
import { ListValue } from '../values/list-value.ts';
import { isTrue } from '../values/truth.ts';
import type { Value } from '../values/value.ts';
import { countItem, indexOfItem } from './find-item.ts';
import { methodTable } from './method-table.ts';

const bindItem = parameters('list method', 'item');
const bindInsert = parameters('insert', 'index', 'item');
const bindPop = parameters('pop', 'index?');
const bindSort = parameters('sort', 'key?', 'reverse?');
const bindNothing = parameters('list method');

export const listMethods = methodTable<ListValue>({
  append: (self, call) => {
    self.items.push(bindItem(call)[0] ?? null);
    return null;
  },
  extend: (self, call) => {
    for (const item of itemsOf(bindItem(call)[0] ?? null, call.state.budget)) self.items.push(item);
    return null;
  },
  insert: (self, call) => {
    const [index = 0n, item = null] = bindInsert(call);
    self.items.splice(expectCount(index, 'index'), 0, item);
    return null;
  },
  remove,
  pop,
  clear: (self, call) => {
    bindNothing(call);
    self.items = [];
    return null;
  },
  copy: (self, call) => new ListValue(itemsOf(self, call.state.budget)),
  count: (self, call) => countItem(self.items, call),
  index: (self, call) => indexOfItem(self.items, 'list', call),
  reverse: (self, call) => {
    bindNothing(call);
    call.state.budget.step(self.items.length);
    self.items.reverse();
    return null;
  },
  sort,
});

function remove(self: ListValue, call: CallSite): Value {
  const [wanted = null] = bindItem(call);
  const index = self.items.findIndex((item) => equals(item, wanted, call.state.budget));
  if (index === -1) throw valueFault('list.remove(x): x not in list');
  self.items.splice(index, 1);
  return null;
}

function pop(self: ListValue, call: CallSite): Value {
  const index = expectCount(bindPop(call)[0] ?? -1n, 'index');
  const { length } = self.items;
  const at = index < 0 ? index + length : index;
  if (at < 0 || at >= length)
    throw valueFault(length === 0 ? 'pop from empty list' : 'pop index out of range');
  call.state.budget.scan(length - at);
  return self.items.splice(at, 1)[0] ?? null;
}

function sort(self: ListValue, call: CallSite): Value {
  const [key = null, reverse = false] = bindSort(call);
  if (call.args.length > 0) throw typeFault('sort() takes no positional arguments');
  if (key !== null) throw typeFault('sort() with a key is not supported; use the sort filter');
  self.items = sortedItems(self.items, isTrue(reverse), call);
  return null;
}

/** Stable both ways: reversed, equal items keep their order, as in Python. */
function sortedItems(items: readonly Value[], isReversed: boolean, call: CallSite): Value[] {
  const { budget } = call.state;
  return items
    .slice()
    .sort((a, b) => (isReversed ? compareForSort(b, a, budget) : compareForSort(a, b, budget)));
}
