import { TemplateFault } from '../failures/template-fault.ts';
import { isLower, isUpper } from '../methods/text-predicates.ts';
import type { CallSite, TestFunction } from '../values/call-site.ts';
import { DictValue } from '../values/dict-value.ts';
import { HostObject } from '../values/host-object.ts';
import { iteratorOf } from '../values/iterate.ts';
import { IteratorValue } from '../values/iterator-value.ts';
import { ListValue } from '../values/list-value.ts';
import { nearestNumber } from '../values/number-of.ts';
import { RangeValue } from '../values/range-value.ts';
import { toText } from '../values/to-text.ts';
import { TupleValue } from '../values/tuple-value.ts';
import { UndefinedValue } from '../values/undefined-value.ts';
import type { Value } from '../values/value.ts';

/** As in Jinja, undefined is an empty sequence. */
function isSequence(value: Value): boolean {
  if (value instanceof HostObject) return value.isSequence();
  const isBuiltIn = value instanceof ListValue || value instanceof TupleValue || value instanceof DictValue;
  return (
    isBuiltIn || typeof value === 'string' || value instanceof RangeValue || value instanceof UndefinedValue
  );
}

function isIterable(value: Value): boolean {
  return value instanceof IteratorValue || iteratorOf(value) !== undefined;
}

/** True when asking by name finds something, e.g. a filter. */
function exists(value: Value, find: (name: string) => unknown): boolean {
  if (typeof value !== 'string') return false;
  try {
    find(value);
    return true;
  } catch (thrown) {
    if (thrown instanceof TemplateFault) return false;
    throw thrown;
  }
}

const simple: Readonly<Record<string, (value: Value) => boolean>> = {
  defined: (value) => !(value instanceof UndefinedValue),
  undefined: (value) => value instanceof UndefinedValue,
  none: (value) => value === null,
  boolean: (value) => typeof value === 'boolean',
  true: (value) => value === true,
  false: (value) => value === false,
  integer: (value) => typeof value === 'bigint',
  float: (value) => typeof value === 'number',
  number: (value) => nearestNumber(value) !== undefined,
  string: (value) => typeof value === 'string',
  mapping: (value) => value instanceof DictValue || (value instanceof HostObject && value.isMapping()),
  sequence: isSequence,
  iterable: isIterable,
  callable: (value) =>
    value instanceof UndefinedValue || (value instanceof HostObject && value.call !== undefined),
  escaped: () => false,
};

const withState: readonly [string, TestFunction][] = [
  ['lower', (value, call: CallSite) => isLower(toText(value, call.state.budget))],
  ['upper', (value, call) => isUpper(toText(value, call.state.budget))],
  ['filter', (value, call) => exists(value, (name) => call.state.filter(name))],
  ['test', (value, call) => exists(value, (name) => call.state.test(name))],
];

export const typeTests: ReadonlyMap<string, TestFunction> = new Map<string, TestFunction>([
  ...Object.entries(simple).map(([name, test]): [string, TestFunction] => [name, (value) => test(value)]),
  ...withState,
]);
