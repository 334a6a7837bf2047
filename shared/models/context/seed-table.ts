import { HostObject } from '#shared/template/values/host-object.ts';
import { TupleValue } from '#shared/template/values/tuple-value.ts';
import type { Value } from '#shared/template/values/value.ts';
import type { TextRows } from '../adapter/adapter.ts';
import { ResultTable } from './result-table.ts';

/** What `load_agate_table()` answers: a seed's rows as text. They become values only when a template reads them. */
export class SeedTable extends HostObject {
  readonly typeName = 'Table';
  readonly #seed: TextRows;
  #table: ResultTable | undefined;

  constructor(seed: TextRows) {
    super();
    this.#seed = seed;
  }

  /** SQL type of a column, undefined when there is none at that place. */
  columnType(index: number): string | undefined {
    return this.#seed.columns[index]?.type;
  }

  override getAttr(name: string): Value | undefined {
    if (name === 'column_names') return new TupleValue(this.#seed.columns.map((column) => column.name));
    return this.#whole().getAttr(name);
  }

  override iterate(): Iterable<Value> {
    return this.#whole().iterate();
  }

  override size(): number {
    return this.#seed.rows.length;
  }

  #whole(): ResultTable {
    this.#table ??= new ResultTable(
      this.#seed.columns.map((column) => column.name),
      this.#seed.rows,
    );
    return this.#table;
  }
}
