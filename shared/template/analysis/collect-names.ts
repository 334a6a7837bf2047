import type { SyntaxTree } from '../syntax/syntax-tree.ts';
import { dottedName } from './collect-calls.ts';
import { walkTree } from './walk-tree.ts';

/**
 * Every name a template reads, and every dotted path from a name (`dbt_utils.star`), in the order of first use.
 * Names it sets itself are among them: what it reads of the host is what the host knows.
 */
export function collectNames(template: { readonly tree: SyntaxTree }): ReadonlySet<string> {
  const names = new Set<string>();
  walkTree(template.tree.body, (node) => {
    if (node.kind !== 'name' && node.kind !== 'attribute') return;
    const path = dottedName(node);
    if (path !== undefined) names.add(path);
  });
  return names;
}
