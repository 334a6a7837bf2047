import type { CallSite } from '../values/call-site.ts';
import type { Value } from '../values/value.ts';
import { BoundMethod } from './bound-method.ts';

/** A method of a built-in type. */
export type Method<T> = (self: T, call: CallSite) => Value;

/** All attributes a type has, by name. What is not listed does not exist. */
export type MethodTable<T> = ReadonlyMap<string, Method<T>>;

export function methodTable<T>(methods: Readonly<Record<string, Method<T>>>): MethodTable<T> {
  return new Map(Object.entries(methods));
}

/** The method as a value that can be called; undefined when the table has none of that name. */
export function boundFrom<T>(table: MethodTable<T>, self: T, name: string): BoundMethod | undefined {
  const method = table.get(name);
  return method === undefined ? undefined : new BoundMethod(name, (call) => method(self, call));
}
