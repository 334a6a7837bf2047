import type { Expression } from '../syntax/expression.ts';
import { DictValue } from '../values/dict-value.ts';
import { ListValue } from '../values/list-value.ts';
import { TupleValue } from '../values/tuple-value.ts';
import type { Value } from '../values/value.ts';

const deepest = 50;

/**
 * Value of an expression made of literals only: constants, signs, lists, tuples, dictionaries, `~` of texts.
 *
 * @returns undefined when it takes a render to know it.
 */
export function literalValue(node: Expression, depth = 0): Value | undefined {
  if (depth > deepest) return undefined;
  const inner = (item: Expression): Value | undefined => literalValue(item, depth + 1);
  switch (node.kind) {
    case 'constant':
      return node.value;
    case 'list':
    case 'tuple': {
      const items = node.items.map(inner).filter((item) => item !== undefined);
      if (items.length < node.items.length) return undefined;
      return node.kind === 'list' ? new ListValue(items) : new TupleValue(items);
    }
    case 'dict':
      return literalDict(node.pairs.map(({ key, value }) => [inner(key), inner(value)]));
    case 'unary': {
      const value = inner(node.operand);
      const isNumber = typeof value === 'bigint' || typeof value === 'number';
      return isNumber && node.operator !== 'not' ? (node.operator === '-' ? -value : value) : undefined;
    }
    case 'concatenation': {
      const parts = node.parts.map(inner);
      return parts.every((part) => typeof part === 'string') ? parts.join('') : undefined;
    }
    default:
      return undefined;
  }
}

function literalDict(
  pairs: readonly (readonly [Value | undefined, Value | undefined])[],
): DictValue | undefined {
  const dict = new DictValue();
  for (const [key, value] of pairs) {
    const isSimple = key === null || typeof key !== 'object';
    if (key === undefined || value === undefined || !isSimple) return undefined;
    dict.set(key, value);
  }
  return dict;
}
