import { valueFault } from '../failures/template-fault.ts';
import { parameters } from '../host/parameters.ts';
import type { CallSite } from '../values/call-site.ts';
import { itemsOf } from '../values/iterate.ts';
import { SetValue } from '../values/set-value.ts';
import type { Value } from '../values/value.ts';
import { methodTable } from './method-table.ts';

const bindItem = parameters('set method', 'item');
const bindNothing = parameters('set method');

export const setMethods = methodTable<SetValue>({
  add: (self, call) => {
    self.add(bindItem(call)[0] ?? null);
    return null;
  },
  discard: (self, call) => {
    self.delete(bindItem(call)[0] ?? null);
    return null;
  },
  remove: (self, call) => {
    if (!self.delete(bindItem(call)[0] ?? null)) throw valueFault('the value is not in the set');
    return null;
  },
  pop: (self, call) => {
    bindNothing(call);
    const [first] = self.values();
    if (first === undefined) throw valueFault('pop from an empty set');
    self.delete(first);
    return first;
  },
  clear: (self, call) => {
    bindNothing(call);
    self.clear();
    return null;
  },
  copy: (self) => new SetValue(self.values()),
  update: (self, call) => {
    for (const item of othersOf(call)) self.add(item);
    return null;
  },
  union: (self, call) => new SetValue([...self.values(), ...othersOf(call)]),
  intersection: (self, call) => {
    const others = call.args.map((arg) => new SetValue(itemsOf(arg, call.state.budget)));
    return new SetValue([...self.values()].filter((item) => others.every((other) => other.has(item))));
  },
  difference: (self, call) => without(self, new SetValue(othersOf(call))),
  symmetric_difference: (self, call) => {
    const other = onlyOther(call);
    return new SetValue([...without(self, other).values(), ...without(other, self).values()]);
  },
  issubset: (self, call) => isWithin(self, onlyOther(call)),
  issuperset: (self, call) => isWithin(onlyOther(call), self),
  isdisjoint: (self, call) => without(self, onlyOther(call)).size === self.size,
});

function othersOf(call: CallSite): Value[] {
  return call.args.flatMap((arg) => itemsOf(arg, call.state.budget));
}

function onlyOther(call: CallSite): SetValue {
  return new SetValue(itemsOf(bindItem(call)[0] ?? null, call.state.budget));
}

function without(self: SetValue, other: SetValue): SetValue {
  return new SetValue([...self.values()].filter((item) => !other.has(item)));
}

function isWithin(inner: SetValue, outer: SetValue): boolean {
  return [...inner.values()].every((item) => outer.has(item));
}
