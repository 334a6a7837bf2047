import { typeFault, valueFault } from '../failures/template-fault.ts';
import type { Budget } from '../limits/budget.ts';
import { DictValue } from '../values/dict-value.ts';
import { floatText } from '../values/float-text.ts';
import { ListValue } from '../values/list-value.ts';
import { toText } from '../values/to-text.ts';
import { TupleValue } from '../values/tuple-value.ts';
import { typeName } from '../values/type-name.ts';
import type { Value } from '../values/value.ts';

/** How Python's json.dumps is to write. */
export interface JsonStyle {
  readonly sortKeys: boolean;
  /** What one level is indented by; undefined writes one line. */
  readonly indent: string | undefined;
}

/**
 * Python's json.dumps: ASCII only, `, ` and `: ` between.
 *
 * @throws a `type` fault for values JSON has no form for, a `value` fault for containers inside themselves.
 */
export function toJson(value: Value, style: JsonStyle, budget: Budget): string {
  return new JsonWriter(style, budget).write(value, 0);
}

class JsonWriter {
  readonly #style: JsonStyle;
  readonly #budget: Budget;
  readonly #open = new Set<Value>();

  constructor(style: JsonStyle, budget: Budget) {
    this.#style = style;
    this.#budget = budget;
  }

  write(value: Value, level: number): string {
    this.#budget.step();
    if (value === null) return 'null';
    if (typeof value === 'boolean') return value ? 'true' : 'false';
    if (typeof value === 'bigint') return toText(value, this.#budget);
    if (typeof value === 'number') return jsonFloat(value);
    if (typeof value === 'string') return this.#text(value);
    if (value instanceof ListValue || value instanceof TupleValue) {
      return this.#container(value, '[', ']', level, () =>
        value.items.map((item) => this.write(item, level + 1)),
      );
    }
    if (value instanceof DictValue)
      return this.#container(value, '{', '}', level, () => this.#pairs(value, level));
    throw typeFault(`Object of type ${typeName(value)} is not JSON serializable`);
  }

  #text(value: string): string {
    this.#budget.text(value.length);
    return JSON.stringify(value)
      .replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .replaceAll('\\u007f', '\x7f');
  }

  #container(value: Value, open: string, close: string, level: number, write: () => string[]): string {
    if (this.#open.has(value)) throw valueFault('Circular reference detected');
    this.#open.add(value);
    this.#budget.enter();
    const parts = write();
    this.#budget.leave();
    this.#open.delete(value);
    const { indent } = this.#style;
    if (parts.length === 0) return open + close;
    if (indent === undefined) return open + parts.join(', ') + close;
    const inner = `\n${indent.repeat(level + 1)}`;
    this.#budget.text((inner.length + 1) * (parts.length + 1));
    return `${open}${inner}${parts.join(`,${inner}`)}\n${indent.repeat(level)}${close}`;
  }

  #pairs(dict: DictValue, level: number): string[] {
    const pairs = [...dict.entries()].map(([key, value]): [string, Value] => [this.#key(key), value]);
    if (this.#style.sortKeys) pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return pairs.map(([key, value]) => `${this.#text(key)}: ${this.write(value, level + 1)}`);
  }

  #key(key: Value): string {
    if (typeof key === 'string') return key;
    if (key === null || typeof key !== 'object') return this.write(key, 0);
    throw typeFault(`keys must be str, int, float, bool or None, not ${typeName(key)}`);
  }
}

function jsonFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  return floatText(value);
}
