import { typeFault } from '../failures/template-fault.ts';
import type { Filter, Test } from '../syntax/expression.ts';
import type { Value } from '../values/value.ts';
import { after, type Wait } from '../values/wait.ts';
import { evaluateArguments } from './call.ts';
import type { Frame } from './frame.ts';

export function evaluateFilter(node: Filter, frame: Frame): Wait<Value> {
  if (node.input === null) throw typeFault('a filter without a value');
  return after(frame.run.evaluate(node.input, frame), (value) => applyFilter(node, value, frame));
}

/** Applies a chain of filters whose innermost has no written input, as filter blocks have. */
export function filterText(node: Filter, text: string, frame: Frame): Wait<Value> {
  const { input } = node;
  const inner: Wait<Value> =
    input !== null && input.kind === 'filter' ? filterText(input, text, frame) : text;
  return after(inner, (value) => applyFilter(node, value, frame));
}

function applyFilter(node: Filter, value: Value, frame: Frame): Wait<Value> {
  const { run } = frame;
  return after(evaluateArguments(node.arguments, frame), ({ args, kwargs }) => {
    run.mark(frame, node.at);
    return run.filter(node.name)(value, { args, kwargs, state: run });
  });
}

export function evaluateTest(node: Test, frame: Frame): Wait<Value> {
  const { run } = frame;
  return after(run.evaluate(node.input, frame), (value) =>
    after(evaluateArguments(node.arguments, frame), ({ args, kwargs }) => {
      run.mark(frame, node.at);
      return run.test(node.name)(value, { args, kwargs, state: run });
    }),
  );
}
