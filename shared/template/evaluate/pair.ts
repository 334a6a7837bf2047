import type { Expression } from '../syntax/expression.ts';
import type { Value } from '../values/value.ts';
import { after, type Wait } from '../values/wait.ts';
import type { Frame } from './frame.ts';

/** Evaluates two expressions in order, then combines them. */
export function evaluatePair(
  first: Expression,
  second: Expression,
  frame: Frame,
  combine: (first: Value, second: Value) => Wait<Value>,
): Wait<Value> {
  const { run } = frame;
  const left = run.evaluate(first, frame);
  if (left instanceof Promise) {
    return left.then((value) => after(run.evaluate(second, frame), (other) => combine(value, other)));
  }
  const right = run.evaluate(second, frame);
  return right instanceof Promise ? right.then((other) => combine(left, other)) : combine(left, right);
}

/** Evaluates expressions in order. */
export function evaluateAll(nodes: readonly Expression[], frame: Frame): Wait<Value[]> {
  const values: Value[] = [];
  return continueAll(nodes, values, frame);
}

function continueAll(nodes: readonly Expression[], values: Value[], frame: Frame): Wait<Value[]> {
  for (let index = values.length; index < nodes.length; index += 1) {
    const node = nodes[index];
    if (node === undefined) break;
    const value = frame.run.evaluate(node, frame);
    if (value instanceof Promise) {
      return value.then((later) => {
        values.push(later);
        return continueAll(nodes, values, frame);
      });
    }
    values.push(value);
  }
  return values;
}
