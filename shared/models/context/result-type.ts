import { HostObject } from '#shared/template/values/host-object.ts';
import type { Value } from '#shared/template/values/value.ts';
import { DecimalValue } from './decimal-value.ts';
import { MomentValue } from './moment-value.ts';

/** Names of agate's data types that results have. */
export type ResultTypeName = 'Integer' | 'Number' | 'Date' | 'DateTime' | 'Boolean' | 'Text';

/** A column's data type, as `column_types` and `column.data_type` give it. */
export class ResultType extends HostObject {
  readonly typeName: ResultTypeName;

  constructor(name: ResultTypeName) {
    super();
    this.typeName = name;
  }

  override equals(other: Value): boolean {
    return other instanceof ResultType && other.typeName === this.typeName;
  }

  override toRepr(): string {
    return `<${CLASSES[this.typeName]} object>`;
  }

  override isTrue(): boolean {
    return true;
  }
}

/** Python's names of the classes: some are the original's own, the others agate's. */
const CLASSES: Readonly<Record<ResultTypeName, string>> = {
  Integer: 'dbt_common.clients.agate_helper.Integer',
  Number: 'dbt_common.clients.agate_helper.Number',
  Date: 'agate.data_types.date.Date',
  DateTime: 'agate.data_types.date_time.DateTime',
  Boolean: 'agate.data_types.boolean.Boolean',
  Text: 'agate.data_types.text.Text',
};

/** Type of a column by its values; one of nothing but NULL counts integers, as in the original. */
export function typeOfValues(values: readonly Value[]): ResultTypeName {
  const some = values.find((value) => value !== null);
  if (some === undefined || typeof some === 'bigint') return 'Integer';
  if (some instanceof DecimalValue) return 'Number';
  if (some instanceof MomentValue) return some.kind === 'date' ? 'Date' : 'DateTime';
  return typeof some === 'boolean' ? 'Boolean' : 'Text';
}
