import { typeFault } from '../failures/template-fault.ts';
import { expectText } from '../host/expect.ts';
import { hostFunction } from '../host/host-function.ts';
import { parameters } from '../host/parameters.ts';
import { getPairs } from '../methods/get-pairs.ts';
import type { CallSite } from '../values/call-site.ts';
import { DictValue } from '../values/dict-value.ts';
import { NamespaceValue } from '../values/namespace-value.ts';
import { integerOf } from '../values/number-of.ts';
import { RangeValue } from '../values/range-value.ts';
import { typeName } from '../values/type-name.ts';
import type { Value } from '../values/value.ts';
import { Cycler } from './cycler.ts';
import { Joiner } from './joiner.ts';

const bindRange = parameters('range', 'start', 'stop?', 'step?');
const bindJoiner = parameters('joiner', 'sep?');

function range(call: CallSite): Value {
  const [first = null, second, step = 1n] = bindRange(call);
  const [start, stop] = second === undefined ? [0n, first] : [first, second];
  return new RangeValue(integer(start), integer(stop), integer(step));
}

function integer(value: Value): bigint {
  const number = integerOf(value);
  if (number === undefined)
    throw typeFault(`'${typeName(value)}' object cannot be interpreted as an integer`);
  return number;
}

function dict(call: CallSite): Value {
  const [source, ...more] = call.args;
  if (more.length > 0) throw typeFault(`dict expected at most 1 argument, got ${call.args.length}`);
  const made = new DictValue(source === undefined ? [] : getPairs(source, call));
  for (const [name, value] of call.kwargs) made.set(name, value);
  return made;
}

function namespace(call: CallSite): Value {
  const [source] = call.args;
  const pairs = source === undefined ? [] : getPairs(source, call);
  const named = pairs.map(([key, value]): [string, Value] => [expectText(key, 'a name'), value]);
  return new NamespaceValue([...named, ...call.kwargs]);
}

/** Every global Jinja brings along, `lipsum` excepted. */
export const builtInGlobals: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['range', hostFunction('range', range)],
  ['dict', hostFunction('dict', dict)],
  ['namespace', hostFunction('namespace', namespace)],
  ['cycler', hostFunction('cycler', (call) => new Cycler(call.args))],
  ['joiner', hostFunction('joiner', (call) => new Joiner(expectText(bindJoiner(call)[0] ?? ', ', 'sep')))],
]);
