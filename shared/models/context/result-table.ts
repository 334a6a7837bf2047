import { typeFault, valueFault } from '#shared/template/failures/template-fault.ts';
import { expectCount } from '#shared/template/host/expect.ts';
import { hostFunction } from '#shared/template/host/host-function.ts';
import { parameters } from '#shared/template/host/parameters.ts';
import type { Budget } from '#shared/template/limits/budget.ts';
import type { CallSite } from '#shared/template/values/call-site.ts';
import { DictValue } from '#shared/template/values/dict-value.ts';
import { hashKey } from '#shared/template/values/hash-key.ts';
import { HostObject } from '#shared/template/values/host-object.ts';
import { ListValue } from '#shared/template/values/list-value.ts';
import { isTrue } from '#shared/template/values/truth.ts';
import { TupleValue } from '#shared/template/values/tuple-value.ts';
import type { Value } from '#shared/template/values/value.ts';
import type { StatementResult } from '../adapter/adapter.ts';
import { ResultColumn } from './result-column.ts';
import { sortedBy } from './result-order.ts';
import { ResultRow } from './result-row.ts';
import { ResultSequence } from './result-sequence.ts';
import { ResultType, type ResultTypeName, typeOfValues } from './result-type.ts';
import { resultValue } from './result-value.ts';
import { structureText, tableText } from './table-text.ts';

type Print = (text: string) => void;

/** A query's result as templates read it: rows and columns by number and by name, as agate's Table. */
export class ResultTable extends HostObject {
  readonly typeName = 'agate.Table';
  readonly names: readonly string[];
  readonly rows: readonly ResultRow[];
  readonly #print: Print;

  /** @param print where `print_table()` goes. */
  constructor(names: readonly string[], rows: readonly (readonly Value[])[], print: Print = () => {}) {
    super();
    this.names = names;
    this.rows = rows.map((row) => new ResultRow(row, names));
    this.#print = print;
  }

  /** @param budget pays for the rows. */
  static of({ columns, rows }: StatementResult, budget: Budget, print?: Print): ResultTable {
    budget.step(rows.length * columns.length);
    const types = columns.map(({ dataType }) => dataType);
    return new ResultTable(
      namesWithoutRepetition(columns.map(({ name }) => name)),
      rows.map((row) => row.map((value, index) => resultValue(value, types[index] ?? '', budget))),
      print,
    );
  }

  override getAttr(name: string): Value | undefined {
    switch (name) {
      case 'rows':
        return new ResultSequence(this.rows);
      case 'columns':
        return new ResultSequence(this.#columns(), this.names);
      case 'column_names':
        return new TupleValue([...this.names]);
      case 'column_types':
        return new TupleValue(this.names.map((_, index) => new ResultType(this.columnType(index))));
      default: {
        const run = METHODS[name];
        return run && hostFunction(name, (call) => run(this, call));
      }
    }
  }

  override iterate(): Iterable<Value> {
    return this.rows;
  }

  override size(): number {
    return this.rows.length;
  }

  override toText(): string {
    return structureText(this.names, (index) => this.columnType(index));
  }

  override toRepr(): string {
    return '<agate.table.Table object>';
  }

  columnType(index: number): ResultTypeName {
    return typeOfValues(this.values(index));
  }

  values(index: number): Value[] {
    return this.rows.map((row) => row.values[index] ?? null);
  }

  /** @throws a `value` fault when there is no such column. */
  placeOf(column: Value): number {
    const place = typeof column === 'string' ? this.names.indexOf(column) : expectCount(column, 'a column');
    if (place < 0 || place >= this.names.length) throw valueFault('there is no such column');
    return place;
  }

  withRows(rows: readonly ResultRow[]): ResultTable {
    return new ResultTable(
      this.names,
      rows.map(({ values }) => values),
      this.#print,
    );
  }

  withColumns(
    places: readonly number[],
    names = places.map((place) => this.names[place] ?? ''),
  ): ResultTable {
    const rows = this.rows.map(({ values }) => places.map((place) => values[place] ?? null));
    return new ResultTable(names, rows, this.#print);
  }

  print(rows: number | undefined, columns: number | undefined): void {
    this.#print(tableText(this, rows, columns));
  }

  #columns(): ResultColumn[] {
    return this.names.map((name, index) => new ResultColumn(name, index, this.values(index)));
  }
}

const bindRename = parameters('rename', 'column_names?', 'row_names?', 'slug_columns?', 'slug_rows?');
const bindOrder = parameters('order_by', 'key', 'reverse?');
const bindPrint = parameters('print_table', 'max_rows?', 'max_columns?');

const METHODS: Readonly<Partial<Record<string, (table: ResultTable, call: CallSite) => Value>>> = {
  __proto__: null as never,
  rename: (table, call) => renamed(table, bindRename(call)[0] ?? null),
  select: (table, { args: [wanted = null] }) => table.withColumns(placesOf(table, wanted)),
  exclude: (table, { args: [unwanted = null] }) => {
    const without = new Set(placesOf(table, unwanted));
    return table.withColumns([...table.names.keys()].filter((place) => !without.has(place)));
  },
  limit: (table, { args }) => {
    const [start = 0, stop] = args.map((each) => (each === null ? undefined : expectCount(each, 'a limit')));
    return table.withRows(args.length > 1 ? table.rows.slice(start, stop) : table.rows.slice(0, start));
  },
  order_by: (table, call) => {
    const [key = null, reverse = null] = bindOrder(call);
    const place = table.placeOf(key);
    const rows = sortedBy(table.rows, ({ values }) => values[place] ?? null, call.state.budget);
    return table.withRows(isTrue(reverse) ? rows.reverse() : rows);
  },
  distinct: (table, { args: [key] }) => {
    const places = key === undefined ? [...table.names.keys()] : placesOf(table, key);
    const keyOf = ({ values }: ResultRow) =>
      hashKey(new TupleValue(places.map((place) => values[place] ?? null)));
    const first = new Map(table.rows.toReversed().map((row) => [keyOf(row), row]));
    return table.withRows(table.rows.filter((row) => first.get(keyOf(row)) === row));
  },
  print_table: (table, call) => {
    const [rows = 20n, columns = 6n] = bindPrint(call);
    const most = (value: Value) => (value === null ? undefined : expectCount(value, 'a limit'));
    table.print(most(rows), most(columns));
    return null;
  },
};

function placesOf(table: ResultTable, columns: Value): number[] {
  if (columns instanceof ListValue || columns instanceof TupleValue)
    return columns.items.map((column) => table.placeOf(column));
  return [table.placeOf(columns)];
}

/** By a list of all names, or a dictionary of old and new ones. */
function renamed(table: ResultTable, names: Value): Value {
  const all = [...table.names.keys()];
  if (names === null) return table;
  if (names instanceof DictValue)
    return table.withColumns(
      all,
      table.names.map((name) => String(names.get(name) ?? name)),
    );
  if (names instanceof ListValue || names instanceof TupleValue)
    return table.withColumns(all, names.items.map(String));
  throw typeFault('rename() takes a list or a dictionary of names');
}

/** `a, a` become `a, a_2`, as the original's `process_results`. */
function namesWithoutRepetition(names: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name}_${count}`;
  });
}
