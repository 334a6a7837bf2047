import { typeFault } from '../failures/template-fault.ts';
import type { CallSite } from '../values/call-site.ts';
import type { Value } from '../values/value.ts';

/** Values by position of the parameter; undefined where an optional one was not given. */
export type BoundArguments = readonly (Value | undefined)[];

/**
 * Makes a binder of arguments to parameters, with Python's rules.
 *
 * @param callee name for messages.
 * @param specs names in order; a trailing `?` makes one optional.
 * @returns a function that throws a `type` fault for missing, doubled, unknown or too many arguments.
 *
 * @example const bind = parameters('ref', 'package', 'model?', 'version?'); const [a, b, v] = bind(call);
 */
export function parameters(
  callee: string,
  ...specs: readonly string[]
): (call: Pick<CallSite, 'args' | 'kwargs'>) => BoundArguments {
  const names = specs.map((spec) => spec.replace('?', ''));
  const required = specs.map((spec) => !spec.endsWith('?'));
  return ({ args, kwargs }) => {
    if (args.length > names.length) {
      throw typeFault(`${callee}() takes at most ${names.length} argument(s) (${args.length} given)`);
    }
    const bound: (Value | undefined)[] = names.map((_, index) => args[index]);
    for (const [name, value] of kwargs) bindNamed(callee, names, bound, name, value);
    const missing = bound.findIndex((value, index) => value === undefined && required[index] === true);
    if (missing !== -1) throw typeFault(`${callee}() missing required argument: '${names[missing]}'`);
    return bound;
  };
}

function bindNamed(
  callee: string,
  names: readonly string[],
  bound: (Value | undefined)[],
  name: string,
  value: Value,
): void {
  const index = names.indexOf(name);
  if (index === -1) throw typeFault(`${callee}() got an unexpected keyword argument '${name}'`);
  if (bound[index] !== undefined) throw typeFault(`${callee}() got multiple values for argument '${name}'`);
  bound[index] = value;
}
