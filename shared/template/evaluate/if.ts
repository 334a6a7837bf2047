import type { If } from '../syntax/statement.ts';
import { isTrue } from '../values/truth.ts';
import { after, type Wait } from '../values/wait.ts';
import type { Frame } from './frame.ts';
import type { Flow } from './run.ts';

/** Branches share the scope around them: what they set stays. */
export function executeIf(node: If, frame: Frame): Wait<Flow> {
  return tryBranch(node, 0, frame);
}

function tryBranch(node: If, index: number, frame: Frame): Wait<Flow> {
  const branch = node.branches[index];
  if (branch === undefined)
    return node.otherwise.length === 0 ? undefined : frame.run.execute(node.otherwise, frame);
  return after(frame.run.evaluate(branch.condition, frame), (condition) =>
    isTrue(condition) ? frame.run.execute(branch.body, frame) : tryBranch(node, index + 1, frame),
  );
}
