import type { Alias } from 'libpg-query';
import { type KnownColumn, type KnownRelation, renamed } from './known-relation.ts';
import type { FromItem } from './reading.ts';
import { namesOf } from './sql-tree.ts';

/** A relation under its name in FROM: its alias, which may rename columns, or its own. */
export function aliased(
  relation: KnownRelation,
  alias: Alias | undefined,
  name: string,
  schema?: string | undefined,
): FromItem {
  return {
    alias: alias?.aliasname ?? name,
    schema: alias === undefined ? schema : undefined,
    relation: renamed(
      { ...relation, label: relation.label || (alias?.aliasname ?? 'a subquery') },
      namesOf(alias?.colnames),
    ),
  };
}

/** What `*` takes of an item. */
export const starredOf = ({ starred, relation }: FromItem): readonly KnownColumn[] =>
  starred ?? relation.columns;
