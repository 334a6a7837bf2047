import { expectCount, expectText } from '#shared/template/host/expect.ts';
import { hostFunction } from '#shared/template/host/host-function.ts';
import { parameters } from '#shared/template/host/parameters.ts';
import { raiseFromTemplate } from '#shared/template/host/raise.ts';
import { Budget } from '#shared/template/limits/budget.ts';
import { defaultLimits } from '#shared/template/limits/limits.ts';
import type { CallSite } from '#shared/template/values/call-site.ts';
import { HostObject } from '#shared/template/values/host-object.ts';
import { toText } from '#shared/template/values/to-text.ts';
import type { Value } from '#shared/template/values/value.ts';
import type { ColumnInfo } from '../adapter/adapter.ts';
import { dataText } from './data-record.ts';

// Families of types as the original's (`adapters/base/column.py`).
const STRINGS = new Set(['text', 'character varying', 'character', 'varchar']);
const NUMBERS = new Set(['numeric', 'decimal']);
const INTEGERS = new Set([
  ...['smallint', 'integer', 'bigint', 'smallserial', 'serial', 'bigserial'],
  ...['int2', 'int4', 'int8', 'serial2', 'serial4', 'serial8'],
]);
const FLOATS = new Set(['real', 'float4', 'float', 'double precision', 'float8', 'double']);

/** Width of text that says none. */
const DEFAULT_SIZE = 256;

/** A column as templates see it: the original's `Column`. */
export class ColumnValue extends HostObject {
  readonly typeName = 'Column';
  readonly info: ColumnInfo;
  readonly #dialect: string;

  /** @param dialect in whose name it prints, e.g. `PostgresColumn(…)`. */
  constructor(info: ColumnInfo, dialect: string) {
    super();
    this.info = info;
    this.#dialect = dialect;
  }

  /** Type as SQL writes it, with its size. */
  get dataType(): string {
    const { dataType, charSize, numericPrecision, numericScale } = this.info;
    const kind = this.#kind;
    // Without a width these two have none, and the others the default one.
    if (kind === 'text' || (kind === 'character varying' && charSize === null)) return dataType;
    if (STRINGS.has(kind)) return stringType(this.width);
    return NUMBERS.has(kind) ? numericType(dataType, numericPrecision, numericScale) : dataType;
  }

  /** Characters that fit in. */
  get width(): number {
    return this.#kind === 'text' ? DEFAULT_SIZE : (this.info.charSize ?? DEFAULT_SIZE);
  }

  get #kind(): string {
    return this.info.dataType.toLowerCase();
  }

  override toText(): string {
    const { name, dataType, charSize, numericPrecision, numericScale } = this.info;
    return dataText(`${classPrefix(this.#dialect)}Column`, {
      column: name,
      dtype: dataType,
      char_size: sizeOf(charSize),
      numeric_precision: sizeOf(numericPrecision),
      numeric_scale: sizeOf(numericScale),
    });
  }

  override equals(other: Value): boolean {
    return other instanceof ColumnValue && other.toText() === this.toText();
  }

  override hash(): string {
    return this.toText();
  }

  override getAttr(name: string): Value | undefined {
    const { info } = this;
    switch (name) {
      case 'name':
      case 'column':
        return info.name;
      case 'quoted':
        return `"${info.name}"`;
      case 'dtype':
        return info.dataType;
      case 'data_type':
        return this.dataType;
      case 'char_size':
        return sizeOf(info.charSize);
      case 'numeric_precision':
        return sizeOf(info.numericPrecision);
      case 'numeric_scale':
        return sizeOf(info.numericScale);
      default:
        return this.#method(name) ?? classMethods(this.#dialect)[name];
    }
  }

  #method(name: string): Value | undefined {
    const kind = this.#kind;
    const answer = (value: Value): Value => hostFunction(name, () => value);
    switch (name) {
      case 'is_string':
        return answer(STRINGS.has(kind));
      case 'is_numeric':
        return answer(NUMBERS.has(kind));
      case 'is_integer':
        return answer(INTEGERS.has(kind));
      case 'is_float':
        return answer(FLOATS.has(kind));
      case 'is_number':
        return answer(NUMBERS.has(kind) || INTEGERS.has(kind) || FLOATS.has(kind));
      case 'string_size':
        return hostFunction(name, () => {
          if (STRINGS.has(kind)) return BigInt(this.width);
          return raiseFromTemplate('Called string_size() on non-string field!');
        });
      case 'can_expand_to':
        return hostFunction(name, ({ args, kwargs }) =>
          this.canExpandTo(args[0] ?? kwargs.get('other_column')),
        );
      case 'literal':
        return hostFunction(
          name,
          ({ args, state }) => `${toText(args[0] ?? null, state.budget)}::${this.dataType}`,
        );
      default:
        return undefined;
    }
  }

  /** Both are text, and the other one is wider. */
  canExpandTo(other: Value | undefined): other is ColumnValue {
    if (!(other instanceof ColumnValue)) return false;
    return STRINGS.has(this.#kind) && STRINGS.has(other.#kind) && other.width > this.width;
  }
}

const sizeOf = (size: number | null): Value => (size === null ? null : BigInt(size));

const stringType = (size: number | string): string => `character varying(${size})`;

const numericType = (name: string, precision: unknown, scale: unknown): string =>
  precision === null || scale === null ? name : `${name}(${precision},${scale})`;

/** `Postgres` of `postgres`: how the original's classes of an adapter begin. */
export const classPrefix = (dialect: string): string =>
  `${dialect.charAt(0).toUpperCase()}${dialect.slice(1)}`;

const bindColumn = parameters(
  'Column',
  ...['column', 'dtype', 'char_size?', 'numeric_precision?', 'numeric_scale?'],
);
const bindCreate = parameters('create', 'name', 'label_or_dtype');

/** `api.Column`: called, or by `create`, `translate_type`, `string_type`, `numeric_type`. */
export class ColumnClass extends HostObject {
  readonly typeName = 'type';
  readonly #dialect: string;

  constructor(dialect: string) {
    super();
    this.#dialect = dialect;
  }

  override call(call: CallSite): Value {
    const [name, dataType, ...sizes] = bindColumn(call);
    const [charSize = null, numericPrecision = null, numericScale = null] = sizes.map((size) =>
      size === undefined || size === null ? null : expectCount(size, 'a size'),
    );
    return columnOf(this.#dialect, name, dataType, { charSize, numericPrecision, numericScale });
  }

  override getAttr(name: string): Value | undefined {
    return classMethods(this.#dialect)[name];
  }
}

/** A class's methods, which its objects have too. */
function classMethods(dialect: string): Readonly<Partial<Record<string, Value>>> {
  return {
    create: hostFunction('create', (call) => {
      const [name, label] = bindCreate(call);
      return columnOf(dialect, name, translated(label ?? null), NO_SIZES);
    }),
    translate_type: hostFunction('translate_type', ({ args }) => translated(args[0] ?? null)),
    string_type: hostFunction('string_type', ({ args }) => stringType(shown(args[0]))),
    numeric_type: hostFunction('numeric_type', ({ args: [name, precision = null, scale = null] }) =>
      numericType(
        shown(name),
        precision === null ? null : shown(precision),
        scale === null ? null : shown(scale),
      ),
    ),
  };
}

const NO_SIZES = { charSize: null, numericPrecision: null, numericScale: null };

const shown = (value: Value | undefined): string => toText(value ?? null, new Budget(defaultLimits));

/** As the original on PostgreSQL (`adapters/base/column.py`): every other name stays as it is. */
const translated = (label: Value): Value => (typeof label === 'string' ? translatedType(label) : label);

/** What a warehouse calls a type that a project names in general. */
export const translatedType = (label: string): string => (label.toUpperCase() === 'STRING' ? 'TEXT' : label);

/** A column of a query, whose type the driver named. */
export const describedColumn = (info: ColumnInfo, dialect: string): ColumnValue =>
  columnOf(dialect, info.name, translated(info.dataType), NO_SIZES);

const columnOf = (
  dialect: string,
  name: Value | undefined,
  dataType: Value | undefined,
  sizes: Pick<ColumnInfo, 'charSize' | 'numericPrecision' | 'numericScale'>,
): ColumnValue =>
  new ColumnValue(
    { name: expectText(name ?? null, 'a name'), dataType: expectText(dataType ?? null, 'a type'), ...sizes },
    dialect,
  );
