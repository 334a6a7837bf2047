import { hostFunction } from '#shared/template/host/host-function.ts';
import { DictValue } from '#shared/template/values/dict-value.ts';
import { HostObject } from '#shared/template/values/host-object.ts';
import { ListValue } from '#shared/template/values/list-value.ts';
import { TupleValue } from '#shared/template/values/tuple-value.ts';
import type { Value } from '#shared/template/values/value.ts';
import type { StatementResult } from '../adapter/adapter.ts';
import { resultValue } from './result-value.ts';

/** A query's result as templates read it: rows and columns by number and by name, as agate's Table. */
export class ResultTable extends HostObject {
  readonly typeName = 'Table';
  readonly names: readonly string[];
  readonly rows: readonly ResultRow[];

  constructor(names: readonly string[], rows: readonly (readonly Value[])[]) {
    super();
    this.names = names;
    this.rows = rows.map((row) => new ResultRow(names, row));
  }

  static of({ columns, rows }: StatementResult): ResultTable {
    const names = columns.map(({ name }) => name);
    return new ResultTable(
      names,
      rows.map((row) => row.map(resultValue)),
    );
  }

  override getAttr(name: string): Value | undefined {
    switch (name) {
      case 'rows':
        return new Sequence(this.rows);
      case 'columns':
        return new Sequence(this.#columns(), this.names);
      case 'column_names':
        return new TupleValue([...this.names]);
      case 'column_types':
        return new TupleValue(this.names.map(() => 'Text'));
      case 'print_table':
        return hostFunction('print_table', () => null);
      case 'rename':
        return hostFunction('rename', ({ args, kwargs }) =>
          this.#renamed(kwargs.get('column_names') ?? args[0]),
        );
      default:
        return undefined;
    }
  }

  override iterate(): Iterable<Value> {
    return this.rows;
  }

  override size(): number {
    return this.rows.length;
  }

  #columns(): ResultColumn[] {
    return this.names.map(
      (name, index) =>
        new ResultColumn(
          name,
          index,
          this.rows.map((row) => row.values[index] ?? null),
        ),
    );
  }

  #renamed(names: Value | undefined): Value {
    const items =
      names instanceof ListValue || names instanceof TupleValue ? names.items.map(String) : this.names;
    return new ResultTable(
      items,
      this.rows.map(({ values }) => values),
    );
  }
}

/** One row: a tuple whose items have names too. */
export class ResultRow extends HostObject {
  readonly typeName = 'Row';
  readonly #names: readonly string[];
  readonly values: readonly Value[];

  constructor(names: readonly string[], values: readonly Value[]) {
    super();
    this.#names = names;
    this.values = values;
  }

  override getItem(key: Value): Value | undefined {
    if (typeof key === 'string') return this.#byName(key);
    return typeof key === 'bigint' ? this.values.at(Number(key)) : undefined;
  }

  override getAttr(name: string): Value | undefined {
    switch (name) {
      case 'values':
        return hostFunction('values', () => new TupleValue([...this.values]));
      case 'keys':
        return hostFunction('keys', () => new TupleValue([...this.#names]));
      case 'dict':
        return hostFunction('dict', () => new DictValue(this.#entries()));
      case 'items':
        return hostFunction(
          'items',
          () => new ListValue(this.#entries().map((entry) => new TupleValue(entry))),
        );
      case 'get':
        return hostFunction('get', ({ args }) => this.getItem(args[0] ?? null) ?? args[1] ?? null);
      default:
        return this.#byName(name);
    }
  }

  override iterate(): Iterable<Value> {
    return this.values;
  }

  override size(): number {
    return this.values.length;
  }

  #byName(name: string): Value | undefined {
    const place = this.#names.indexOf(name);
    return place < 0 ? undefined : this.values[place];
  }

  #entries(): [string, Value][] {
    return this.#names.map((name, index) => [name, this.values[index] ?? null]);
  }
}

class ResultColumn extends HostObject {
  readonly typeName = 'Column';
  readonly #name: string;
  readonly #index: number;
  readonly #values: readonly Value[];

  constructor(name: string, index: number, values: readonly Value[]) {
    super();
    this.#name = name;
    this.#index = index;
    this.#values = values;
  }

  override getAttr(name: string): Value | undefined {
    switch (name) {
      case 'name':
        return this.#name;
      case 'index':
        return BigInt(this.#index);
      case 'values':
        return hostFunction('values', () => new TupleValue([...this.#values]));
      case 'values_distinct':
        return hostFunction('values_distinct', () => new TupleValue([...new Set(this.#values)]));
      default:
        return undefined;
    }
  }

  override getItem(key: Value): Value | undefined {
    return typeof key === 'bigint' ? this.#values.at(Number(key)) : undefined;
  }

  override iterate(): Iterable<Value> {
    return this.#values;
  }

  override size(): number {
    return this.#values.length;
  }
}

/** Things by number, and by name where they have names: agate's MappedSequence. */
class Sequence extends HostObject {
  readonly typeName = 'MappedSequence';
  readonly #items: readonly Value[];
  readonly #names: readonly string[] | undefined;

  constructor(items: readonly Value[], names?: readonly string[]) {
    super();
    this.#items = items;
    this.#names = names;
  }

  override getItem(key: Value): Value | undefined {
    const place = typeof key === 'string' ? this.#names?.indexOf(key) : Number(key);
    if (place === undefined || (typeof key === 'string' && place < 0)) return undefined;
    return this.#items.at(place);
  }

  override getAttr(name: string): Value | undefined {
    switch (name) {
      case 'values':
        return hostFunction(name, () => new TupleValue([...this.#items]));
      case 'keys':
        return hostFunction(name, () => (this.#names ? new TupleValue([...this.#names]) : null));
      case 'items':
        return hostFunction(name, () => new ListValue(this.#entries().map((entry) => new TupleValue(entry))));
      case 'dict':
        return hostFunction(name, () => new DictValue(this.#entries()));
      case 'get':
        return hostFunction(name, ({ args }) => this.getItem(args[0] ?? null) ?? args[1] ?? null);
      default:
        return undefined;
    }
  }

  override iterate(): Iterable<Value> {
    return this.#items;
  }

  override size(): number {
    return this.#items.length;
  }

  #entries(): [string, Value][] {
    return (this.#names ?? []).map((name, index) => [name, this.#items[index] ?? null]);
  }
}
