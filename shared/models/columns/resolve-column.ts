import type { ColumnRef } from 'libpg-query';
import type { Content, KnownColumn, KnownRelation } from './known-relation.ts';
import type { FromItem, Reading, Scope } from './reading.ts';
import { namesOf } from './sql-tree.ts';

/** Columns that every table has; no contract names them. */
const SYSTEM_COLUMNS = new Set(['ctid', 'tableoid', 'xmin', 'xmax', 'cmin', 'cmax']);

/**
 * Finds a column by PostgreSQL's rules of names (its `parse_expr.c`, `transformColumnRef`): the innermost query that has it, a name of
 * something in FROM standing for its whole row. One that is nowhere is reported, unless what is read may have it.
 */
export function resolveColumn(
  { fields = [], location = 0 }: ColumnRef,
  scope: Scope,
  reading: Reading,
): Content | undefined {
  const names = namesOf(fields);
  if (names.length < fields.length) return undefined;
  const column = names.at(-1) ?? '';
  if (names.length > 1) {
    const relation = itemNamed(names.slice(0, -1), scope)?.relation;
    if (relation === undefined) return undefined;
    return columnOf([relation], column)?.content ?? reportMissing([relation], column, location, reading);
  }
  for (let level: Scope | undefined = scope; level !== undefined; level = level.outer) {
    const relations = level.items.map(({ relation }) => relation);
    const found = columnOf(relations, column);
    if (found !== undefined) return found.content;
    if (relations.some(({ isOpen }) => isOpen) || level.items.some(({ alias }) => alias === column))
      return undefined;
  }
  return reportMissing(relationsOf(scope), column, location, reading);
}

/** What `name.*` or `schema.name.column` is about; undefined when nothing in reach has that name. */
export function itemNamed(names: readonly string[], scope: Scope): FromItem | undefined {
  const [schema, name] = names.length > 1 ? names.slice(-2) : [undefined, names[0]];
  for (let level: Scope | undefined = scope; level !== undefined; level = level.outer) {
    const found = level.items.find(
      (item) => item.alias === name && (schema === undefined || item.schema === schema),
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

export function columnOf(relations: readonly KnownRelation[], name: string): KnownColumn | undefined {
  for (const { columns } of relations) {
    const found = columns.find((column) => column.name === name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Those of the innermost query that reads anything. */
function relationsOf(scope: Scope | undefined): readonly KnownRelation[] {
  if (scope === undefined || scope.items.length > 0)
    return (scope?.items ?? []).map(({ relation }) => relation);
  return relationsOf(scope.outer);
}

function reportMissing(
  relations: readonly KnownRelation[],
  name: string,
  at: number,
  reading: Reading,
): undefined {
  const isKnown = columnOf(relations, name) !== undefined || SYSTEM_COLUMNS.has(name);
  if (isKnown || relations.some(({ isOpen }) => isOpen)) return undefined;
  reading.report({ name, at, cause: causeOf(relations, name) });
  return undefined;
}

function causeOf(relations: readonly KnownRelation[], name: string): string {
  const [only, ...others] = relations;
  if (only === undefined) return `reads ${name}, which is a column of nothing it selects from`;
  if (others.length > 0)
    return `reads ${name}, which is a column of none of ${relations.map(({ label }) => label).join(', ')}`;
  const has = `it has ${listed(only.columns.map((column) => column.name))}`;
  if (only.stream === undefined) return `reads ${name}, which is no column of ${only.label}: ${has}`;
  return `reads ${name}, which is not in the contract of stream ${only.stream}: ${has}; ${ALLOW}`;
}

/** What to do about something outside of a contract. */
export const ALLOW = 'declare it there, or leave it out';

const MOST_LISTED = 40;

/** Names for people. */
export function listed(names: readonly string[]): string {
  if (names.length === 0) return 'none';
  const shown = names.slice(0, MOST_LISTED).join(', ');
  return names.length > MOST_LISTED ? `${shown} and ${names.length - MOST_LISTED} more` : shown;
}
