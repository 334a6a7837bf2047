import { modulo } from '../format/modulo.ts';
import type { Budget } from '../limits/budget.ts';
import type {
  Binary,
  Comparison,
  ComparisonOperator,
  Concatenation,
  Conditional,
  Expression,
  Logical,
  Unary,
} from '../syntax/expression.ts';
import { operate, signed } from '../values/arithmetic.ts';
import { ordered } from '../values/compare.ts';
import { contains } from '../values/contains.ts';
import { equals } from '../values/equals.ts';
import { toText } from '../values/to-text.ts';
import { isTrue } from '../values/truth.ts';
import type { Value } from '../values/value.ts';
import { after, type Wait } from '../values/wait.ts';
import type { Frame } from './frame.ts';
import { evaluateAll, evaluatePair } from './pair.ts';

export function evaluateUnary(node: Unary, frame: Frame): Wait<Value> {
  const { operator } = node;
  return after(frame.run.evaluate(node.operand, frame), (value) => {
    frame.run.mark(frame, node.at);
    return operator === 'not' ? !isTrue(value) : signed(operator, value);
  });
}

export function evaluateBinary(node: Binary, frame: Frame): Wait<Value> {
  const { run } = frame;
  return evaluatePair(node.left, node.right, frame, (left, right) => {
    run.mark(frame, node.at);
    if (node.operator === '%') return modulo(left, right, run.budget);
    return operate(node.operator, left, right, run.budget);
  });
}

export function evaluateLogical(node: Logical, frame: Frame): Wait<Value> {
  return after(frame.run.evaluate(node.left, frame), (left) => {
    const isDecided = isTrue(left) === (node.operator === 'or');
    return isDecided ? left : frame.run.evaluate(node.right, frame);
  });
}

/** `a < b < c` evaluates each once and stops at the first that does not hold. */
export function evaluateComparison(node: Comparison, frame: Frame): Wait<Value> {
  return after(frame.run.evaluate(node.first, frame), (first) => compareFrom(node, 0, first, frame));
}

function compareFrom(node: Comparison, index: number, left: Value, frame: Frame): Wait<Value> {
  const link = node.rest[index];
  if (link === undefined) return true;
  return after(frame.run.evaluate(link.operand, frame), (right) => {
    frame.run.mark(frame, node.at);
    if (!holds(link.operator, left, right, frame.run.budget)) return false;
    return index + 1 === node.rest.length ? true : compareFrom(node, index + 1, right, frame);
  });
}

function holds(operator: ComparisonOperator, left: Value, right: Value, budget: Budget): boolean {
  switch (operator) {
    case '==':
      return equals(left, right, budget);
    case '!=':
      return !equals(left, right, budget);
    case 'in':
      return contains(right, left, budget);
    case 'not in':
      return !contains(right, left, budget);
    default:
      return ordered(left, operator, right, budget);
  }
}

export function evaluateConcatenation(node: Concatenation, frame: Frame): Wait<Value> {
  const { run } = frame;
  return after(evaluateAll(node.parts, frame), (values) => {
    run.mark(frame, node.at);
    let text = '';
    for (const value of values) {
      const part = toText(value, run.budget);
      run.budget.text(text.length + part.length);
      text += part;
    }
    return text;
  });
}

export function evaluateConditional(node: Conditional, frame: Frame): Wait<Value> {
  const { run } = frame;
  return after(run.evaluate(node.condition, frame), (condition) => {
    const chosen: Expression | null = isTrue(condition) ? node.whenTrue : node.whenFalse;
    if (chosen !== null) return run.evaluate(chosen, frame);
    return run.undefinedOf(
      () => 'the inline if-expression evaluated to false and no else section was defined.',
    );
  });
}
