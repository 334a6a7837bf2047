import { expectText } from '#shared/template/host/expect.ts';
import { hostFunction } from '#shared/template/host/host-function.ts';
import { parameters } from '#shared/template/host/parameters.ts';
import type { CallSite } from '#shared/template/values/call-site.ts';
import { HostObject } from '#shared/template/values/host-object.ts';
import type { Value } from '#shared/template/values/value.ts';
import { quoteIdent } from '#shared/warehouse/quote-identifier.ts';
import type { ColumnInfo } from '../adapter/adapter.ts';

const STRINGS = new Set(['text', 'character varying', 'character', 'varchar', 'string']);
const NUMBERS = new Set(['numeric', 'decimal', 'number']);
const INTEGERS = new Set([
  'smallint',
  'integer',
  'bigint',
  'int',
  'serial',
  'bigserial',
  'smallserial',
  'int2',
  'int4',
  'int8',
]);
const FLOATS = new Set(['real', 'double precision', 'float', 'float4', 'float8', 'double']);

/** A column as templates see it: the original's `Column`. */
export class ColumnValue extends HostObject {
  readonly typeName = 'Column';
  readonly info: ColumnInfo;

  constructor(info: ColumnInfo) {
    super();
    this.info = info;
  }

  /** Type as SQL writes it, with its size. */
  get dataType(): string {
    const { dataType, charSize, numericPrecision, numericScale } = this.info;
    if (STRINGS.has(dataType.toLowerCase())) return charSize === null ? dataType : `${dataType}(${charSize})`;
    if (!NUMBERS.has(dataType.toLowerCase()) || numericPrecision === null) return dataType;
    return numericScale === null
      ? `${dataType}(${numericPrecision})`
      : `${dataType}(${numericPrecision},${numericScale})`;
  }

  override toText(): string {
    return `<Column ${this.info.name} (${this.dataType})>`;
  }

  override getAttr(name: string): Value | undefined {
    const { info } = this;
    const kind = info.dataType.toLowerCase();
    const answer = (value: Value): Value => hostFunction(name, () => value);
    switch (name) {
      case 'name':
      case 'column':
        return info.name;
      case 'quoted':
        return quoteIdent(info.name);
      case 'dtype':
        return info.dataType;
      case 'data_type':
      case 'expanded_data_type':
        return this.dataType;
      case 'char_size':
        return sizeOf(info.charSize);
      case 'numeric_precision':
        return sizeOf(info.numericPrecision);
      case 'numeric_scale':
        return sizeOf(info.numericScale);
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
        return answer(BigInt(info.charSize ?? 256));
      case 'can_expand_to':
        return hostFunction(name, ({ args, kwargs }) =>
          this.canExpandTo(args[0] ?? kwargs.get('other_column')),
        );
      default:
        return undefined;
    }
  }

  /** Both are text, and the other one is wider. */
  canExpandTo(other: Value | undefined): boolean {
    if (!(other instanceof ColumnValue)) return false;
    const both =
      STRINGS.has(this.info.dataType.toLowerCase()) && STRINGS.has(other.info.dataType.toLowerCase());
    return both && (other.info.charSize ?? 256) > (this.info.charSize ?? 256);
  }
}

const sizeOf = (size: number | null): Value => (size === null ? null : BigInt(size));

const bindCreate = parameters('create', 'name', 'label_or_dtype');

/** `api.Column`: called, or by `create`, `translate_type`, `string_type`, `numeric_type`. */
export class ColumnClass extends HostObject {
  readonly typeName = 'type';

  override call(call: CallSite): Value {
    return created(call);
  }

  override getAttr(name: string): Value | undefined {
    switch (name) {
      case 'create':
        return hostFunction(name, created);
      case 'translate_type':
        return hostFunction(
          name,
          ({ args }) => TRANSLATED.get(String(args[0]).toUpperCase()) ?? args[0] ?? null,
        );
      case 'string_type':
        return hostFunction(name, ({ args }) => `character varying(${args[0]})`);
      case 'numeric_type':
        return hostFunction(name, ({ args }) => `${args[0]}(${args[1]},${args[2]})`);
      default:
        return undefined;
    }
  }
}

/** As the original on PostgreSQL (`adapters/base/column.py`): every other name stays as it is. */
const TRANSLATED = new Map([['STRING', 'TEXT']]);

function created(call: CallSite): Value {
  const [name, dataType] = bindCreate(call);
  return new ColumnValue({
    name: expectText(name ?? null, 'a name'),
    dataType: expectText(dataType ?? null, 'a type'),
    ...{ charSize: null, numericPrecision: null, numericScale: null },
  });
}
