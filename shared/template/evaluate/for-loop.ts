import type { For } from '../syntax/statement.ts';
import { iterate } from '../values/iterate.ts';
import { lengthOrNone } from '../values/length.ts';
import { isTrue } from '../values/truth.ts';
import type { Value } from '../values/value.ts';
import { after, repeat, type Wait } from '../values/wait.ts';
import { assign } from './assign.ts';
import type { Frame } from './frame.ts';
import { LoopValue } from './loop-value.ts';
import { Output } from './output.ts';
import type { Flow } from './run.ts';

export function executeFor(node: For, frame: Frame): Wait<Flow> {
  return after(frame.run.evaluate(node.iterable, frame), (iterable) => runLoop(node, iterable, 0, frame));
}

function runLoop(node: For, iterable: Value, depth: number, frame: Frame): Wait<Flow> {
  frame.run.mark(frame, node.at);
  const source = iterate(iterable);
  const length = node.condition === null ? lengthOrNone(iterable) : undefined;
  const recurse = node.recursive ? (inner: Value) => captureLoop(node, inner, depth + 1, frame) : undefined;
  const items = node.condition === null ? source : new FilteredItems(node, source, frame);
  const loop = new LoopValue(items, { length, depth, recurse });
  // As in Jinja, `else` runs unless a body got to its end: one left by `break` or `continue` does not count.
  let isPassed = false;
  const walked = repeat(() =>
    after(loop.advance(), (isThere) => {
      if (!isThere) return false;
      return after(runBody(node, loop, frame), (flow) => {
        isPassed ||= flow === undefined;
        return flow !== 'break';
      });
    }),
  );
  return after(walked, () =>
    !isPassed && node.otherwise.length > 0 ? frame.run.execute(node.otherwise, frame.inner()) : undefined,
  );
}

function runBody(node: For, loop: LoopValue, frame: Frame): Wait<Flow> {
  frame.run.budget.step();
  const inner = frame.inner();
  inner.set('loop', loop);
  assign(node.target, loop.current, inner);
  return frame.run.execute(node.body, inner);
}

/** `loop(items)` in a recursive loop: runs it again over other items and answers the text. */
function captureLoop(node: For, iterable: Value, depth: number, frame: Frame): Wait<Value> {
  const output = new Output(frame.run.budget);
  return after(runLoop(node, iterable, depth, frame.inner(output)), () => output.text);
}

/** Items that fulfil a loop's condition, tested only when the loop gets there. */
class FilteredItems {
  readonly #node: For;
  readonly #source: Iterator<Value>;
  readonly #frame: Frame;

  constructor(node: For, source: Iterator<Value>, frame: Frame) {
    this.#node = node;
    this.#source = source;
    this.#frame = frame;
  }

  next(): Wait<IteratorResult<Value>> {
    let found: IteratorResult<Value> = { done: true, value: undefined };
    const searched = repeat(() => {
      found = this.#source.next();
      return found.done === true ? false : after(this.#accepts(found.value), (isAccepted) => !isAccepted);
    });
    return after(searched, () => found);
  }

  #accepts(item: Value): Wait<boolean> {
    const { condition, target } = this.#node;
    if (condition === null) return true;
    const { run } = this.#frame;
    run.budget.step();
    const inner = this.#frame.inner();
    assign(target, item, inner);
    return after(run.evaluate(condition, inner), isTrue);
  }
}
