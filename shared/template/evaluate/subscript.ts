import { typeFault } from '../failures/template-fault.ts';
import { getAttribute, getItem } from '../methods/get-attribute.ts';
import type { AttributeAccess, ItemAccess, Slice } from '../syntax/expression.ts';
import { presentOr } from '../values/present.ts';
import { sliceOf } from '../values/slice.ts';
import { typeName } from '../values/type-name.ts';
import { UndefinedValue } from '../values/undefined-value.ts';
import type { Value } from '../values/value.ts';
import { after, type Wait } from '../values/wait.ts';
import type { Frame } from './frame.ts';
import { evaluateAll, evaluatePair } from './pair.ts';

export function evaluateAttribute(node: AttributeAccess, frame: Frame): Wait<Value> {
  return after(frame.run.evaluate(node.object, frame), (object) => {
    frame.run.mark(frame, node.at);
    return presentOr(getAttribute(object, node.name, frame.run), () =>
      missing(object, `attribute '${node.name}'`, frame),
    );
  });
}

export function evaluateItem(node: ItemAccess, frame: Frame): Wait<Value> {
  const { key } = node;
  if (key.kind === 'slice') return evaluateSlice(node, key, frame);
  return evaluatePair(node.object, key, frame, (object, index) => {
    frame.run.mark(frame, node.at);
    return presentOr(getItem(object, index, frame.run), () => missing(object, 'such item', frame));
  });
}

function evaluateSlice(node: ItemAccess, slice: Slice, frame: Frame): Wait<Value> {
  const none = { kind: 'constant', at: slice.at, value: null } as const;
  const parts = [node.object, slice.start ?? none, slice.stop ?? none, slice.step ?? none];
  return after(evaluateAll(parts, frame), ([object = null, start = null, stop = null, step = null]) => {
    frame.run.mark(frame, node.at);
    if (object instanceof UndefinedValue) throw object.fault();
    const sliced = sliceOf(object, { start, stop, step }, frame.run.budget);
    if (sliced === undefined) throw typeFault(`'${typeName(object)}' object cannot be sliced`);
    return sliced;
  });
}

/** Undefined has no attributes at all, so a typo two levels up does not pass unseen. */
function missing(object: Value, what: string, frame: Frame): Value {
  if (object instanceof UndefinedValue) {
    if (object.behaviour === 'chainable') return object;
    throw object.fault();
  }
  return frame.run.undefinedOf(() => `'${typeName(object)} object' has no ${what}`);
}
