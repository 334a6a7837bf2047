import type { Assignment, Do, FilterBlock, SetBlock, Statement, With } from '../syntax/statement.ts';
import { toText } from '../values/to-text.ts';
import { after, type Wait } from '../values/wait.ts';
import { assign } from './assign.ts';
import { filterText } from './filter-and-test.ts';
import type { Frame } from './frame.ts';
import { isDiscarding } from './inheritance.ts';
import { Output } from './output.ts';
import { evaluateAll } from './pair.ts';
import type { Flow } from './run.ts';

export function executeSet(node: Assignment, frame: Frame): Wait<Flow> {
  return after(frame.run.evaluate(node.value, frame), (value) => {
    frame.run.mark(frame, node.at);
    assign(node.target, value, frame);
    return undefined;
  });
}

export function executeDo(node: Do, frame: Frame): Wait<Flow> {
  return after(frame.run.evaluate(node.expression, frame), () => undefined);
}

/** Runs a body in a scope of its own and hands its text on, unless a loop control left it. */
function capture(body: readonly Statement[], frame: Frame, next: (text: string) => Wait<Flow>): Wait<Flow> {
  const output = new Output(frame.run.budget);
  return after(frame.run.execute(body, frame.inner(output)), (flow) => flow ?? next(output.text));
}

export function executeSetBlock(node: SetBlock, frame: Frame): Wait<Flow> {
  return capture(node.body, frame, (text) =>
    after(node.filter === null ? text : filterText(node.filter, text, frame), (value) => {
      frame.run.mark(frame, node.at);
      assign(node.target, value, frame);
      return undefined;
    }),
  );
}

export function executeFilterBlock(node: FilterBlock, frame: Frame): Wait<Flow> {
  return capture(node.body, frame, (text) =>
    after(filterText(node.filter, text, frame), (value) => {
      if (!isDiscarding(frame)) frame.output.append(toText(value, frame.run.budget));
      return undefined;
    }),
  );
}

/** Values see the scope around, not each other. */
export function executeWith(node: With, frame: Frame): Wait<Flow> {
  const values = node.assignments.map((assignment) => assignment.value);
  return after(evaluateAll(values, frame), (evaluated) => {
    const inner = frame.inner();
    for (const [index, { target }] of node.assignments.entries())
      assign(target, evaluated[index] ?? null, inner);
    return frame.run.execute(node.body, inner);
  });
}
