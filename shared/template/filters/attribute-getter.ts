import type { RenderState } from '../values/call-site.ts';
import { integerOf } from '../values/number-of.ts';
import { presentOr } from '../values/present.ts';
import { typeName } from '../values/type-name.ts';
import { UndefinedValue } from '../values/undefined-value.ts';
import type { Value } from '../values/value.ts';

/** Reads one value out of an item. */
export type Getter = (item: Value) => Value;

/**
 * Reads a path like `address.lines.0` out of items. None reads the item itself.
 *
 * @param otherwise stands in for what is undefined, when it is not None.
 */
export function attributeGetter(path: Value, state: RenderState, otherwise: Value = null): Getter {
  const parts = pathParts(path);
  return (item) => {
    let value = item;
    for (const part of parts) {
      value = readPart(value, part, state);
      if (otherwise !== null && value instanceof UndefinedValue) value = otherwise;
    }
    return value;
  };
}

/** Reads several paths at once: `'age,name'`. */
export function attributesGetter(paths: Value, state: RenderState): (item: Value) => Value[] {
  const each: readonly Value[] = typeof paths === 'string' ? paths.split(',') : [paths];
  const getters = each.map((path) => attributeGetter(path, state));
  return (item) => getters.map((get) => get(item));
}

/** Lower case for comparing texts; anything else stays. */
export function ignoringCase(value: Value): Value {
  return typeof value === 'string' ? value.toLowerCase() : value;
}

function pathParts(path: Value): readonly Value[] {
  if (path === null) return [];
  if (typeof path === 'string')
    return path.split('.').map((part) => (/^\d+$/.test(part) ? BigInt(part) : part));
  return [integerOf(path) ?? path];
}

function readPart(value: Value, part: Value, state: RenderState): Value {
  if (value instanceof UndefinedValue && value.behaviour !== 'chainable') throw value.fault();
  state.budget.step();
  return presentOr(state.item(value, part), () =>
    state.undefinedOf(() => `'${typeName(value)} object' has no such attribute`),
  );
}
