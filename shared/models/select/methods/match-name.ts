import { hasWildcard, wildcard } from '../wildcard.ts';

/** What of a node its name is matched by. */
export interface QualifiedName {
  readonly fqn: readonly string[];
  /** A model with versions: its fqn ends in name and `v<n>`. */
  readonly isVersioned: boolean;
}

/**
 * Whether a node's qualified name is what was written: its name, or its first parts, with or without the package (`is_selected_node`).
 *
 * A version may follow after `.` or `_`. From the first part with a wildcard on, the pattern takes in everything up to the end.
 */
export function nameMatcher(text: string): (name: QualifiedName) => boolean {
  const parts = text.split('.');
  const from = parts.findIndex(hasWildcard);
  const plain = from < 0 ? parts : parts.slice(0, from);
  const matchesRest = from < 0 ? undefined : wildcard(parts.slice(from).join('.'));
  const matchesParts = (fqn: readonly string[]): boolean => {
    const flat = fqn.flatMap((part) => part.split('.'));
    if (flat.length < parts.length || !plain.every((part, index) => flat[index] === part)) return false;
    return matchesRest === undefined || matchesRest(flat.slice(from).join('.'));
  };
  const matches = (fqn: readonly string[], isVersioned: boolean): boolean =>
    (isVersioned ? isVersionOf(fqn, text, parts) : fqn.at(-1) === text) || matchesParts(fqn);
  return ({ fqn, isVersioned }) => matches(fqn, isVersioned) || matches(fqn.slice(1), isVersioned);
}

const isVersionOf = (fqn: readonly string[], text: string, parts: readonly string[]): boolean =>
  fqn.at(-2) === text || fqn.slice(-2).join('_') === parts.slice(-2).join('_');
