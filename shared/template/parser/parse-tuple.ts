import type { Expression } from '../syntax/expression.ts';
import type { ParserState } from './parser-state.ts';

export interface TupleOptions {
  /** Stands in parentheses, so it may be empty. */
  readonly isParenthesised?: boolean;
  readonly withConditional?: boolean;
  /** A name that ends the tuple, e.g. `recursive`. */
  readonly endName?: string;
}

/** Parses one expression, or a tuple when a comma follows it. */
export function parseTuple(state: ParserState, options: TupleOptions = {}): Expression {
  const { stream } = state;
  const { at } = stream.current;
  const items: Expression[] = [];
  let isTuple = false;
  while (!isTupleEnd(state, options.endName)) {
    items.push(state.rules.expression(state, options.withConditional ?? true));
    if (!stream.skipOperator(',')) break;
    isTuple = true;
  }
  const [only] = items;
  if (!isTuple && only !== undefined) return only;
  if (!isTuple && options.isParenthesised !== true) throw stream.fault('expected an expression');
  return { kind: 'tuple', at, items };
}

function isTupleEnd({ stream }: ParserState, endName: string | undefined): boolean {
  const { kind, value } = stream.current;
  if (kind === 'outputEnd' || kind === 'tagEnd') return true;
  return (kind === 'operator' && value === ')') || (kind === 'name' && value === endName);
}
