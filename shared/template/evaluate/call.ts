import { typeFault } from '../failures/template-fault.ts';
import type { Call, CallArguments } from '../syntax/expression.ts';
import { DictValue } from '../values/dict-value.ts';
import { itemsOf } from '../values/iterate.ts';
import { typeName } from '../values/type-name.ts';
import { UndefinedValue } from '../values/undefined-value.ts';
import type { Value } from '../values/value.ts';
import { after, type Wait } from '../values/wait.ts';
import type { Frame } from './frame.ts';
import { evaluateAll } from './pair.ts';
import { noKwargs } from './run.ts';

/** Arguments with their values. */
export interface EvaluatedArguments {
  readonly args: readonly Value[];
  readonly kwargs: ReadonlyMap<string, Value>;
}

const noArgs: EvaluatedArguments = { args: [], kwargs: noKwargs };

export function evaluateCall(
  node: Pick<Call, 'at' | 'callee' | 'arguments'>,
  frame: Frame,
  extra?: ReadonlyMap<string, Value>,
): Wait<Value> {
  const { run } = frame;
  return after(run.evaluate(node.callee, frame), (callee) =>
    after(evaluateArguments(node.arguments, frame), ({ args, kwargs }) => {
      run.mark(frame, node.at);
      if (callee instanceof UndefinedValue) throw callee.fault();
      return run.invoke(callee, args, extra === undefined ? kwargs : new Map([...kwargs, ...extra]));
    }),
  );
}

/** Evaluates arguments in the order Python does: positional, `*`, named, `**`. */
export function evaluateArguments(written: CallArguments, frame: Frame): Wait<EvaluatedArguments> {
  const { positional, named, spread, namedSpread } = written;
  if (named.length === 0 && spread === null && namedSpread === null) {
    if (positional.length === 0) return noArgs;
    return after(evaluateAll(positional, frame), (args) => ({ args, kwargs: noKwargs }));
  }
  const nodes = [
    ...positional,
    ...(spread === null ? [] : [spread]),
    ...named.map((argument) => argument.value),
  ];
  if (namedSpread !== null) nodes.push(namedSpread);
  return after(evaluateAll(nodes, frame), (values) => assemble(written, values, frame));
}

function assemble(written: CallArguments, values: Value[], frame: Frame): EvaluatedArguments {
  const { positional, named, spread, namedSpread } = written;
  const args = values.slice(0, positional.length);
  let at = positional.length;
  if (spread !== null) {
    for (const item of itemsOf(values[at] ?? null, frame.run.budget)) args.push(item);
    at += 1;
  }
  const kwargs = new Map(named.map(({ name }, index) => [name, values[at + index] ?? null]));
  if (namedSpread !== null) spreadNamed(values.at(-1) ?? null, kwargs, frame);
  return { args, kwargs };
}

function spreadNamed(value: Value, into: Map<string, Value>, frame: Frame): void {
  if (!(value instanceof DictValue))
    throw typeFault(`argument after ** must be a mapping, not ${typeName(value)}`);
  frame.run.budget.step(value.size);
  for (const [name, item] of value.entries()) {
    if (typeof name !== 'string') throw typeFault('keywords must be strings');
    if (into.has(name)) throw typeFault(`got multiple values for keyword argument '${name}'`);
    into.set(name, item);
  }
}
