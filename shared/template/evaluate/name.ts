import type { Name } from '../syntax/expression.ts';
import type { Value } from '../values/value.ts';
import type { Frame } from './frame.ts';

/** Value of a name; undefined when no scope, context or global has it. */
export function evaluateName(node: Name, frame: Frame): Value {
  const value = frame.get(node.name);
  if (value !== undefined) return value;
  frame.run.mark(frame, node.at);
  return frame.run.undefinedOf(() => `'${node.name}' is undefined`);
}
