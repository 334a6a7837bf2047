import { typeFault, valueFault } from '../failures/template-fault.ts';
import type { Target } from '../syntax/statement.ts';
import { iterate } from '../values/iterate.ts';
import { NamespaceValue } from '../values/namespace-value.ts';
import type { Value } from '../values/value.ts';
import type { Frame } from './frame.ts';

/**
 * Gives a target its value.
 *
 * @throws a fault when a tuple does not fit or `name.attribute` is not on a namespace.
 */
export function assign(target: Target, value: Value, frame: Frame): void {
  switch (target.kind) {
    case 'nameTarget':
      frame.set(target.name, value);
      return;
    case 'namespaceTarget':
      assignAttribute(target.namespace, target.attribute, value, frame);
      return;
    case 'tupleTarget':
      unpack(target.targets, value, frame);
  }
}

function assignAttribute(name: string, attribute: string, value: Value, frame: Frame): void {
  const namespace = frame.get(name);
  if (!(namespace instanceof NamespaceValue))
    throw typeFault('cannot assign attribute on non-namespace object');
  namespace.setAttr(attribute, value);
}

function unpack(targets: readonly Target[], value: Value, frame: Frame): void {
  const iterator = iterate(value);
  for (const [index, target] of targets.entries()) {
    const next = iterator.next();
    if (next.done === true) {
      throw valueFault(`not enough values to unpack (expected ${targets.length}, got ${index})`);
    }
    assign(target, next.value, frame);
  }
  if (iterator.next().done !== true)
    throw valueFault(`too many values to unpack (expected ${targets.length})`);
}
