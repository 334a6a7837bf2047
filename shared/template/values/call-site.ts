import type { Place } from '../failures/place.ts';
import type { Budget } from '../limits/budget.ts';
import type { Value } from './value.ts';
import type { Wait } from './wait.ts';

/** Arguments of one call from a template, and what a callee may ask of the running render. */
export interface CallSite {
  readonly args: readonly Value[];
  readonly kwargs: ReadonlyMap<string, Value>;
  readonly state: RenderState;
}

/** A filter: the value on the left of `|`, then the call's arguments. */
export type FilterFunction = (value: Value, call: CallSite) => Wait<Value>;

/** A test: the value on the left of `is`, then the call's arguments. */
export type TestFunction = (value: Value, call: CallSite) => Wait<boolean>;

/** The running render as callees see it. */
export interface RenderState {
  readonly budget: Budget;
  /** Calls a macro, a host object or a bound method within this render, under its limits and macro stack. */
  invoke(callee: Value, args: readonly Value[], kwargs?: ReadonlyMap<string, Value>): Wait<Value>;
  /** @throws a fault when there is no such filter. */
  filter(name: string): FilterFunction;
  /** @throws a fault when there is no such test. */
  test(name: string): TestFunction;
  /** `value.name` as a template reads it. */
  attribute(value: Value, name: string): Value | undefined;
  /** `value[key]` as a template reads it. */
  item(value: Value, key: Value): Value | undefined;
  /** An undefined value with the environment's behaviour. */
  undefinedOf(describe: () => string): Value;
  /** Where the template is at this moment. */
  place(): Place;
}
