import type { CallSite } from './call-site.ts';
import type { Value } from './value.ts';
import type { Wait } from './wait.ts';

/** Operators a host object may take part in. */
export type BinaryOperator = '+' | '-' | '*' | '/' | '//' | '%' | '**';

/**
 * The only door from a template to the host. A template reaches what these methods answer and nothing else:
 * the engine never reads a property of the object itself.
 */
export abstract class HostObject {
  /** Python's type name, for messages and `<… object>`. */
  abstract readonly typeName: string;

  /** Value of `object.name`; undefined when there is none. */
  getAttr(_name: string): Value | undefined {
    return undefined;
  }

  /** Value of `object[key]`; undefined when there is none. */
  getItem(_key: Value): Value | undefined {
    return undefined;
  }

  /** Present when the object can be called. May answer a promise; the template then waits. */
  call?(call: CallSite): Wait<Value>;

  /** What `{{ object }}` prints. */
  toText?(): string;

  /** What Python's repr prints; `toText` or `<typeName object>` otherwise. */
  toRepr?(): string;

  /** Present when the object can be iterated. */
  iterate?(): Iterable<Value>;

  /** Present when the object has a length. */
  size?(): number;

  /** Present when `item in object` means something other than looking through `iterate`. */
  contains?(item: Value): boolean;

  /** Present when the object is not equal to itself only. */
  equals?(other: Value): boolean;

  /** Negative, zero or positive as `<` needs it; undefined when the two cannot be ordered. */
  compare?(other: Value): number | undefined;

  /** Result of an operator; `reflected` when the object stands on the right. Undefined when not supported. */
  operate?(operator: BinaryOperator, other: Value, reflected: boolean): Value | undefined;

  /** Present when the object stands for a number: what `int`, `float`, number formats and `is number` take it for. */
  asNumber?(): bigint | number;

  /** Present with `asNumber`: `-object`. */
  negate?(): Value;

  /** Present with `asNumber`: what the filter `round` gives, to so many decimal places, half to even. */
  round?(places: number): Value;

  /** What `object is mapping` answers. */
  isMapping(): boolean {
    return false;
  }

  /** What `object is sequence` answers. */
  isSequence(): boolean {
    return this.size !== undefined && this.iterate !== undefined;
  }

  /** Truth in conditions. */
  isTrue(): boolean {
    return this.size === undefined || this.size() > 0;
  }

  /** Key of equal objects in dictionaries and sets; the object itself unless overridden. */
  hash(): string | HostObject {
    return this;
  }
}
