import { placeOf } from '../failures/place.ts';
import type { Call, Expression } from '../syntax/expression.ts';
import type { SyntaxTree } from '../syntax/syntax-tree.ts';
import type { Value } from '../values/value.ts';
import { literalValue } from './literal-value.ts';
import { walkTree } from './walk-tree.ts';

/** A call found without rendering. A value is undefined where it takes a render to know it. */
export interface CollectedCall {
  /** As asked for, e.g. `ref` or `config.get`. */
  readonly name: string;
  readonly line: number;
  readonly column: number;
  readonly args: readonly (Value | undefined)[];
  readonly kwargs: ReadonlyMap<string, Value | undefined>;
  /** Every argument is a literal, and there is no `*` or `**`. */
  readonly isLiteral: boolean;
  /** Stands in a branch, a loop or a macro, so it need not run, or not once. */
  readonly isConditional: boolean;
  /** Name of the macro it stands in. */
  readonly macro: string | undefined;
}

/**
 * Finds calls of the named functions in a template that has only been parsed.
 *
 * @param names simple (`ref`) or dotted (`config.get`, `adapter.dispatch`).
 * @returns the calls in the order of the source.
 */
export function collectCalls(
  template: { readonly tree: SyntaxTree },
  names: readonly string[],
): CollectedCall[] {
  const { tree } = template;
  const wanted = new Set(names);
  const found: CollectedCall[] = [];
  walkTree(tree.body, (node, { isConditional, macro }) => {
    const call = node.kind === 'callBlock' ? node.call : node.kind === 'call' ? node : undefined;
    const name = call === undefined ? undefined : dottedName(call.callee);
    if (call === undefined || name === undefined || !wanted.has(name)) return;
    const { line, column } = placeOf(tree.file, tree.source, call.at);
    found.push({ name, line, column, isConditional, macro, ...argumentsOf(call) });
  });
  return found;
}

/** `a.b.c` of names and attributes only; undefined for anything else. */
export function dottedName(node: Expression): string | undefined {
  const parts: string[] = [];
  let at = node;
  while (at.kind === 'attribute') {
    parts.unshift(at.name);
    at = at.object;
  }
  return at.kind === 'name' ? [at.name, ...parts].join('.') : undefined;
}

function argumentsOf(call: Pick<Call, 'arguments'>): Pick<CollectedCall, 'args' | 'kwargs' | 'isLiteral'> {
  const { positional, named, spread, namedSpread } = call.arguments;
  const args = positional.map((node) => literalValue(node));
  const kwargs = new Map(named.map(({ name, value }) => [name, literalValue(value)]));
  const isWhole = spread === null && namedSpread === null;
  const isLiteral = isWhole && ![...args, ...kwargs.values()].includes(undefined);
  return { args, kwargs, isLiteral };
}
