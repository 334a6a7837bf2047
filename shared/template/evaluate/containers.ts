import type { DictLiteral, ListLiteral, TupleLiteral } from '../syntax/expression.ts';
import { DictValue } from '../values/dict-value.ts';
import { ListValue } from '../values/list-value.ts';
import { TupleValue } from '../values/tuple-value.ts';
import type { Value } from '../values/value.ts';
import { after, type Wait } from '../values/wait.ts';
import type { Frame } from './frame.ts';
import { evaluateAll } from './pair.ts';

export function evaluateList(node: ListLiteral, frame: Frame): Wait<Value> {
  return after(evaluateAll(node.items, frame), (items) => new ListValue(items));
}

export function evaluateTuple(node: TupleLiteral, frame: Frame): Wait<Value> {
  return after(evaluateAll(node.items, frame), (items) => new TupleValue(items));
}

export function evaluateDict(node: DictLiteral, frame: Frame): Wait<Value> {
  const parts = node.pairs.flatMap(({ key, value }) => [key, value]);
  return after(evaluateAll(parts, frame), (values) => {
    frame.run.mark(frame, node.at);
    const dict = new DictValue();
    for (let index = 0; index + 1 < values.length; index += 2) {
      dict.set(values[index] ?? null, values[index + 1] ?? null);
    }
    return dict;
  });
}
