import { valueFault } from '../failures/template-fault.ts';
import { parameters } from '../host/parameters.ts';
import { integerOf } from '../values/number-of.ts';
import type { RangeValue } from '../values/range-value.ts';
import type { Value } from '../values/value.ts';
import { boundFrom, methodTable } from './method-table.ts';

const one = parameters('range', 'value');

const rangeMethods = methodTable<RangeValue>({
  count: (self, call) => (holds(self, one(call)[0]) ? 1n : 0n),
  index: (self, call) => {
    const integer = integerOf(one(call)[0] ?? null);
    if (integer === undefined || !self.has(integer)) throw valueFault('the value is not in range');
    return (integer - self.start) / self.step;
  },
});

function holds(range: RangeValue, value: Value | undefined): boolean {
  const integer = integerOf(value ?? null);
  return integer !== undefined && range.has(integer);
}

/** Attribute of a range. */
export function rangeAttribute(range: RangeValue, name: string): Value | undefined {
  if (name === 'start') return range.start;
  if (name === 'stop') return range.stop;
  return name === 'step' ? range.step : boundFrom(rangeMethods, range, name);
}
