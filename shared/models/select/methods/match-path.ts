import { selectorInvalid } from '../criterion.ts';
import type { SelectableNode } from '../selectable-node.ts';
import { pathWildcard, wildcard } from '../wildcard.ts';
import type { MatchContext } from './match-context.ts';

/**
 * `path:models/staging`: nodes of that file, below that folder, or described by that YAML file.
 *
 * As the original, paths are looked for in the root project: a package's node matches when its own relative path is one of the root's.
 */
export function pathMatcher(value: string, { rootPaths }: MatchContext): (node: SelectableNode) => boolean {
  if (value === '' || value.startsWith('/'))
    throw selectorInvalid(`path:${value}`, 'a path is relative to the project');
  const matches = pathWildcard(value);
  const paths = new Set([...rootPaths].filter(matches));
  return ({ originalFile, patchFile }) =>
    paths.has(originalFile) ||
    (patchFile !== undefined && paths.has(patchFile)) ||
    parentsOf(originalFile).some((folder) => paths.has(folder));
}

/** `file:orders` or `file:orders.sql`: by the last part of the path. */
export function fileMatcher(value: string): (node: SelectableNode) => boolean {
  const matches = wildcard(value);
  return ({ originalFile }) => {
    const file = originalFile.slice(originalFile.lastIndexOf('/') + 1);
    return matches(file) || matches(file.replace(/(?<=.)\.[^.]*$/, ''));
  };
}

/** Folders above a file, the project itself as `.`. */
export function parentsOf(file: string): string[] {
  const parts = file.split('/').slice(0, -1);
  return ['.', ...parts.map((_, index) => parts.slice(0, index + 1).join('/'))];
}
