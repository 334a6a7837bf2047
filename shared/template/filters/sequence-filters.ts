import { typeFault, valueFault } from '../failures/template-fault.ts';
import { expectCount } from '../host/expect.ts';
import { parameters } from '../host/parameters.ts';
import { getPairs } from '../methods/get-pairs.ts';
import { operate } from '../values/arithmetic.ts';
import type { CallSite } from '../values/call-site.ts';
import { codePoints } from '../values/code-points.ts';
import { DictValue } from '../values/dict-value.ts';
import { HostObject } from '../values/host-object.ts';
import { itemsOf, iterate } from '../values/iterate.ts';
import { IteratorValue } from '../values/iterator-value.ts';
import { lengthOf } from '../values/length.ts';
import { ListValue } from '../values/list-value.ts';
import { presentOr } from '../values/present.ts';
import { toText } from '../values/to-text.ts';
import { TupleValue } from '../values/tuple-value.ts';
import { typeName } from '../values/type-name.ts';
import { UndefinedValue } from '../values/undefined-value.ts';
import type { Value } from '../values/value.ts';
import { attributeGetter } from './attribute-getter.ts';
import { filterTable } from './filter-table.ts';

const bindJoin = parameters('join', 'd?', 'attribute?');
const bindBatch = parameters('batch', 'linecount', 'fill_with?');
const bindSlice = parameters('slice', 'slices', 'fill_with?');
const bindSum = parameters('sum', 'attribute?', 'start?');

function join(value: Value, call: CallSite): string {
  const [separator = '', attribute = null] = bindJoin(call);
  const { budget } = call.state;
  const between = toText(separator, budget);
  const get = attributeGetter(attribute, call.state);
  const parts = itemsOf(value, budget).map((item) => {
    const text = toText(get(item), budget);
    budget.text(text.length + between.length);
    return text;
  });
  return parts.join(between);
}

function first(value: Value, call: CallSite): Value {
  const next = iterate(value).next();
  return next.done === true ? call.state.undefinedOf(() => 'No first item, sequence was empty.') : next.value;
}

function last(value: Value, call: CallSite): Value {
  if (value instanceof IteratorValue) throw typeFault(`'${value.typeName}' object is not reversible`);
  const found = itemsOf(value, call.state.budget).at(-1);
  return presentOr(found, () => call.state.undefinedOf(() => 'No last item, sequence was empty.'));
}

function random(value: Value, call: CallSite): Value {
  const items = itemsOf(value, call.state.budget);
  const chosen = items[Math.floor(Math.random() * items.length)];
  return presentOr(chosen, () => call.state.undefinedOf(() => 'No random item, sequence was empty.'));
}

function reverse(value: Value, call: CallSite): Value {
  if (typeof value === 'string') {
    call.state.budget.text(value.length);
    return codePoints(value).reverse().join('');
  }
  return new IteratorValue(itemsOf(value, call.state.budget).reverse(), 'list_reverseiterator');
}

function batch(value: Value, call: CallSite): Value {
  const [count = 0n, fill = null] = bindBatch(call);
  const size = expectCount(count, 'linecount');
  const items = itemsOf(value, call.state.budget);
  const rows: Value[][] = [];
  let row: Value[] = [];
  for (const item of items) {
    if (row.length === size) {
      rows.push(row);
      row = [];
    }
    row.push(item);
  }
  if (row.length > 0) rows.push(filled(row, size, fill, call));
  return new IteratorValue(
    (size === 0 && items.length > 0 ? [[], ...rows.slice(1)] : rows).map((one) => new ListValue(one)),
  );
}

function filled(row: Value[], size: number, fill: Value, call: CallSite): Value[] {
  if (fill === null || row.length >= size) return row;
  call.state.budget.step(size - row.length);
  return [...row, ...new Array<Value>(size - row.length).fill(fill)];
}

function slice(value: Value, call: CallSite): Value {
  const [count = 0n, fill = null] = bindSlice(call);
  const slices = expectCount(count, 'slices');
  if (slices === 0) throw valueFault('integer division or modulo by zero');
  call.state.budget.step(Math.max(0, slices));
  const items = itemsOf(value, call.state.budget);
  const size = Math.floor(items.length / slices);
  const longer = items.length - size * slices;
  const parts: ListValue[] = [];
  for (let index = 0; index < slices; index += 1) {
    const start = index * size + Math.min(index, longer);
    const part = items.slice(start, start + size + (index < longer ? 1 : 0));
    if (fill !== null && index >= longer) part.push(fill);
    parts.push(new ListValue(part));
  }
  return new IteratorValue(parts);
}

function sum(value: Value, call: CallSite): Value {
  const [attribute = null, start = 0n] = bindSum(call);
  const { budget } = call.state;
  if (typeof start === 'string') throw typeFault("sum() can't sum strings");
  const get = attributeGetter(attribute, call.state);
  return itemsOf(value, budget).reduce((total, item) => operate('+', total, get(item), budget), start);
}

function items(value: Value, call: CallSite): Value {
  if (value instanceof UndefinedValue) return new IteratorValue([]);
  const isMapping = value instanceof DictValue || (value instanceof HostObject && value.isMapping());
  if (!isMapping) throw typeFault('Can only get item pairs from a mapping.');
  return new IteratorValue(getPairs(value, call).map((pair) => new TupleValue(pair)));
}

function list(value: Value, call: CallSite): Value {
  if (typeof value === 'string') call.state.budget.text(value.length);
  return new ListValue(itemsOf(value, call.state.budget));
}

function length(value: Value): Value {
  if (value instanceof IteratorValue) throw typeFault(`object of type '${typeName(value)}' has no len()`);
  return lengthOf(value);
}

export const sequenceFilters = filterTable({
  join,
  first,
  last,
  random,
  reverse,
  batch,
  slice,
  sum,
  items,
  list,
  length,
  count: length,
});
