import { hostFunction } from '#shared/template/host/host-function.ts';
import type { RenderState } from '#shared/template/values/call-site.ts';
import { hashKey } from '#shared/template/values/hash-key.ts';
import { ListValue } from '#shared/template/values/list-value.ts';
import { TupleValue } from '#shared/template/values/tuple-value.ts';
import type { Value } from '#shared/template/values/value.ts';
import { sortedBy } from './result-order.ts';
import { ResultSequence } from './result-sequence.ts';
import { ResultType, typeOfValues } from './result-type.ts';

/** A column of a result: its values by number. */
export class ResultColumn extends ResultSequence {
  override readonly typeName = 'agate.Column';
  readonly name: string;
  readonly index: number;

  constructor(name: string, index: number, values: readonly Value[]) {
    super(values);
    this.name = name;
    this.index = index;
  }

  override getAttr(name: string): Value | undefined {
    switch (name) {
      case 'name':
        return this.name;
      case 'index':
        return BigInt(this.index);
      case 'data_type':
        return new ResultType(typeOfValues(this.values));
      case 'values_distinct':
        return hostFunction(name, () => new TupleValue(distinct(this.values)));
      case 'values_without_nulls':
        return hostFunction(name, () => new TupleValue(withoutNulls(this.values)));
      case 'values_sorted':
        return hostFunction(name, ({ state }) => new ListValue(sorted(this.values, state)));
      case 'values_without_nulls_sorted':
        return hostFunction(name, ({ state }) => new ListValue(sorted(withoutNulls(this.values), state)));
      default:
        return super.getAttr(name);
    }
  }
}

const sorted = (values: readonly Value[], { budget }: RenderState): Value[] =>
  sortedBy(values, (value) => value, budget);

const withoutNulls = (values: readonly Value[]): Value[] => values.filter((value) => value !== null);

function distinct(values: readonly Value[]): Value[] {
  return [...new Map(values.map((value) => [hashKey(value), value])).values()];
}
