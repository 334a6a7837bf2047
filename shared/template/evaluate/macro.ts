import type { Callable, CallBlock, Macro } from '../syntax/statement.ts';
import { toText } from '../values/to-text.ts';
import { after, type Wait } from '../values/wait.ts';
import { evaluateCall } from './call.ts';
import type { Frame } from './frame.ts';
import { isDiscarding } from './inheritance.ts';
import { MacroValue } from './macro-value.ts';
import type { Flow } from './run.ts';

/** Defines a macro in the scope around it. */
export function executeMacro(node: Macro, frame: Frame): Flow {
  frame.set(node.name, new MacroValue(node.name, node, frame, true));
  return undefined;
}

/** Calls with the body as `caller`, and prints the result. */
export function executeCallBlock(node: CallBlock, frame: Frame): Wait<Flow> {
  const body: Callable = node;
  const caller = new MacroValue(undefined, body, frame, false);
  return after(evaluateCall(node.call, frame, new Map([['caller', caller]])), (value) => {
    frame.run.mark(frame, node.at);
    if (!isDiscarding(frame)) frame.output.append(toText(value, frame.run.budget));
    return undefined;
  });
}
