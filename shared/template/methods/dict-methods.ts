import { typeFault, valueFault } from '../failures/template-fault.ts';
import { parameters } from '../host/parameters.ts';
import type { CallSite } from '../values/call-site.ts';
import { DictValue } from '../values/dict-value.ts';
import { DictView } from '../values/dict-view.ts';
import { itemsOf } from '../values/iterate.ts';
import { presentOr } from '../values/present.ts';
import { TupleValue } from '../values/tuple-value.ts';
import type { Value } from '../values/value.ts';
import { getPairs } from './get-pairs.ts';
import { methodTable } from './method-table.ts';

const bindGet = parameters('get', 'key', 'default?');
const bindPop = parameters('pop', 'key', 'default?');
const bindDefault = parameters('setdefault', 'key', 'default?');
const bindKeys = parameters('fromkeys', 'iterable', 'value?');
const bindNothing = parameters('dict method');

export const dictMethods = methodTable<DictValue>({
  get: (self, call) => {
    const [key = null, otherwise = null] = bindGet(call);
    return presentOr(self.get(key), () => otherwise);
  },
  keys: (self, call) => view('dict_keys', self, call),
  values: (self, call) => view('dict_values', self, call),
  items: (self, call) => view('dict_items', self, call),
  update,
  pop,
  popitem,
  setdefault: (self, call) => {
    const [key = null, otherwise = null] = bindDefault(call);
    const known = self.get(key);
    if (known === undefined) self.set(key, otherwise);
    return presentOr(known, () => otherwise);
  },
  copy: (self, call) => {
    call.state.budget.step(self.size);
    return new DictValue(self.entries());
  },
  clear: (self, call) => {
    bindNothing(call);
    self.clear();
    return null;
  },
  fromkeys: (_self, call) => {
    const [keys = null, value = null] = bindKeys(call);
    return new DictValue(itemsOf(keys, call.state.budget).map((key): [Value, Value] => [key, value]));
  },
});

function view(name: DictView['typeName'], self: DictValue, call: CallSite): DictView {
  bindNothing(call);
  return new DictView(name, self);
}

function update(self: DictValue, call: CallSite): Value {
  const [other, ...more] = call.args;
  if (more.length > 0) throw typeFault(`update expected at most 1 argument, got ${call.args.length}`);
  if (other !== undefined) for (const [key, value] of getPairs(other, call)) self.set(key, value);
  for (const [key, value] of call.kwargs) self.set(key, value);
  return null;
}

function pop(self: DictValue, call: CallSite): Value {
  const [key = null, otherwise] = bindPop(call);
  const known = self.get(key);
  self.delete(key);
  const value = presentOr(known, () => otherwise);
  if (value === undefined) throw valueFault('the key is not in the dictionary');
  return value;
}

function popitem(self: DictValue, call: CallSite): Value {
  bindNothing(call);
  const last = [...self.entries()].at(-1);
  if (last === undefined) throw valueFault('popitem(): dictionary is empty');
  call.state.budget.step(self.size);
  self.delete(last[0]);
  return new TupleValue([...last]);
}
