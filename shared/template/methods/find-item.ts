import { valueFault } from '../failures/template-fault.ts';
import { expectCount } from '../host/expect.ts';
import { parameters } from '../host/parameters.ts';
import type { CallSite } from '../values/call-site.ts';
import { equals } from '../values/equals.ts';
import type { Value } from '../values/value.ts';

const bindCount = parameters('count', 'value');
const bindIndex = parameters('index', 'value', 'start?', 'stop?');

/** How many items equal the argument. */
export function countItem(items: readonly Value[], call: CallSite): bigint {
  const [wanted = null] = bindCount(call);
  return BigInt(items.filter((item) => equals(item, wanted, call.state.budget)).length);
}

/** Place of the first item that equals the argument. @throws a `value` fault when there is none. */
export function indexOfItem(items: readonly Value[], what: string, call: CallSite): bigint {
  const [wanted = null, start = 0n, stop = BigInt(items.length)] = bindIndex(call);
  const from = fromEnd(expectCount(start, 'start'), items.length);
  const to = Math.min(fromEnd(expectCount(stop, 'stop'), items.length), items.length);
  for (let index = from; index < to; index += 1) {
    if (equals(items[index] ?? null, wanted, call.state.budget)) return BigInt(index);
  }
  throw valueFault(`the value is not in the ${what}`);
}

function fromEnd(index: number, length: number): number {
  return index < 0 ? Math.max(0, index + length) : index;
}
