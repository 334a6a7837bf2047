import type { Expression } from '../syntax/expression.ts';
import type { Statement } from '../syntax/statement.ts';

/** Any node of a syntax tree. */
export type SyntaxNode = Expression | Statement;

/** Where a node stands. */
export interface NodeContext {
  /** Inside a branch, a loop, a macro or half of an inline if: it may not be reached, or more than once. */
  readonly isConditional: boolean;
  /** Name of the macro around it. */
  readonly macro: string | undefined;
}

interface Pending {
  readonly value: unknown;
  readonly context: NodeContext;
}

const conditionalKinds: ReadonlySet<string> = new Set([
  'if',
  'for',
  'macro',
  'callBlock',
  'conditional',
  'logical',
]);

/** Visits every node in the order of the source, without recursion, so no tree is too deep. */
export function walkTree(
  body: readonly Statement[],
  visit: (node: SyntaxNode, context: NodeContext) => void,
): void {
  const pending: Pending[] = [{ value: body, context: { isConditional: false, macro: undefined } }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { value, context } = next;
    if (isNode(value)) visit(value, context);
    const inner = isNode(value) ? innerContext(value, context) : context;
    for (const child of childrenOf(value).reverse()) pending.push({ value: child, context: inner });
  }
}

function isNode(value: unknown): value is SyntaxNode {
  return (
    typeof value === 'object' && value !== null && 'kind' in value && 'at' in value && !isTarget(value.kind)
  );
}

function isTarget(kind: unknown): boolean {
  return kind === 'nameTarget' || kind === 'tupleTarget' || kind === 'namespaceTarget';
}

function innerContext(node: SyntaxNode, context: NodeContext): NodeContext {
  if (!conditionalKinds.has(node.kind)) return context;
  return { isConditional: true, macro: node.kind === 'macro' ? node.name : context.macro };
}

function childrenOf(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return (Array.isArray(value) ? value : Object.values(value)).filter(
    (child) => typeof child === 'object' && child !== null,
  );
}
