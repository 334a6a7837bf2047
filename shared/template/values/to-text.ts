import { valueFault } from '../failures/template-fault.ts';
import type { Budget } from '../limits/budget.ts';
import { DictValue } from './dict-value.ts';
import { DictView } from './dict-view.ts';
import { floatText } from './float-text.ts';
import { HostObject } from './host-object.ts';
import { ListValue } from './list-value.ts';
import { RangeValue } from './range-value.ts';
import { SetValue } from './set-value.ts';
import { textRepr } from './text-repr.ts';
import { TupleValue } from './tuple-value.ts';
import { UndefinedValue } from './undefined-value.ts';
import type { Value } from './value.ts';

/** Python refuses to print longer integers, because it takes quadratic time. */
const longestIntegerDigits = 4300;

/** Python's str(): what `{{ value }}` prints. */
export function toText(value: Value, budget: Budget): string {
  if (typeof value === 'string') return value;
  if (value instanceof UndefinedValue) {
    value.allowMildUse();
    return '';
  }
  if (value instanceof HostObject && value.toText !== undefined) return value.toText();
  return toRepr(value, budget);
}

/** Python's repr(). A container inside itself prints as `[...]` or `{...}`. */
export function toRepr(value: Value, budget: Budget): string {
  const text = new Repr(budget).of(value);
  budget.text(text.length);
  return text;
}

class Repr {
  readonly #budget: Budget;
  readonly #open = new Set<Value>();

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  of(value: Value): string {
    this.#budget.step();
    if (value === null) return 'None';
    switch (typeof value) {
      case 'boolean':
        return value ? 'True' : 'False';
      case 'bigint':
        return integerText(value);
      case 'number':
        return floatText(value);
      case 'string':
        this.#budget.text(value.length);
        return textRepr(value);
      default:
        return this.#ofObject(value);
    }
  }

  #ofObject(value: Exclude<Value, null | boolean | bigint | number | string>): string {
    if (value instanceof ListValue) return this.#guard(value, '[...]', () => `[${this.#list(value.items)}]`);
    if (value instanceof TupleValue) return this.#guard(value, '(...)', () => this.#tuple(value.items));
    if (value instanceof DictValue) return this.#guard(value, '{...}', () => this.#dict(value));
    if (value instanceof SetValue) return value.size === 0 ? 'set()' : `{${this.#list(value.values())}}`;
    if (value instanceof RangeValue) return rangeText(value);
    if (value instanceof UndefinedValue) return 'Undefined';
    if (value instanceof DictView)
      return this.#guard(value, '...', () => `${value.typeName}([${this.#list(value.iterate())}])`);
    if (value instanceof HostObject) {
      return value.toRepr?.() ?? value.toText?.() ?? `<${value.typeName} object>`;
    }
    return `<${value.typeName} object>`;
  }

  #guard(value: Value, again: string, print: () => string): string {
    if (this.#open.has(value)) return again;
    this.#open.add(value);
    this.#budget.enter();
    const text = print();
    this.#budget.leave();
    this.#open.delete(value);
    return text;
  }

  #list(items: Iterable<Value>): string {
    const parts: string[] = [];
    for (const item of items) parts.push(this.of(item));
    return parts.join(', ');
  }

  #tuple(items: readonly Value[]): string {
    return items.length === 1 ? `(${this.#list(items)},)` : `(${this.#list(items)})`;
  }

  #dict(dict: DictValue): string {
    const parts: string[] = [];
    for (const [key, value] of dict.entries()) parts.push(`${this.of(key)}: ${this.of(value)}`);
    return `{${parts.join(', ')}}`;
  }
}

function integerText(value: bigint): string {
  const text = value.toString();
  if (text.length > longestIntegerDigits + 1) {
    throw valueFault(`Exceeds the limit (${longestIntegerDigits} digits) for integer string conversion`);
  }
  return text;
}

function rangeText(range: RangeValue): string {
  const step = range.step === 1n ? '' : `, ${range.step}`;
  return `range(${range.start}, ${range.stop}${step})`;
}
