import { modulo } from '../format/modulo.ts';
import { parameters } from '../host/parameters.ts';
import type { CallSite, TestFunction } from '../values/call-site.ts';
import { equals } from '../values/equals.ts';
import type { Value } from '../values/value.ts';

const bindNothing = parameters('test');
const bindDivisor = parameters('divisibleby', 'num');

function hasRest(value: Value, divisor: Value, rest: bigint, call: CallSite): boolean {
  return equals(modulo(value, divisor, call.state.budget), rest, call.state.budget);
}

export const numberTests: ReadonlyMap<string, TestFunction> = new Map<string, TestFunction>([
  [
    'odd',
    (value, call) => {
      bindNothing(call);
      return hasRest(value, 2n, 1n, call);
    },
  ],
  [
    'even',
    (value, call) => {
      bindNothing(call);
      return hasRest(value, 2n, 0n, call);
    },
  ],
  ['divisibleby', (value, call) => hasRest(value, bindDivisor(call)[0] ?? null, 0n, call)],
]);
