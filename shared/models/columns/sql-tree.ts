import type { Node } from 'libpg-query';

/** A node of PostgreSQL's own syntax tree: an object of one key, its kind. */
export type SqlNode = Node;

/** What a text is in PostgreSQL's grammar: statements, or why it is none. */
export type ParsedSql = { readonly statements: readonly SqlNode[] } | { readonly error: string };
export type ParseSql = (sql: string) => ParsedSql;

/** PostgreSQL 18's own parser as a WebAssembly module: it needs no server. Compiled on first use: few processes parse SQL. */
export async function openSqlParser(): Promise<ParseSql> {
  const { loadModule, parseSync } = await import('libpg-query');
  await loadModule();
  return (sql) => {
    try {
      return { statements: parseSync(sql).stmts?.flatMap(({ stmt }) => stmt ?? []) ?? [] };
    } catch (error) {
      return { error: error instanceof Error ? error.message : 'unknown syntax' };
    }
  };
}

/** Nodes right below a part of a tree, whatever it is, without names of types: `geometry(point)` reads no column. */
export function nodesBelow(part: unknown): SqlNode[] {
  if (typeof part !== 'object' || part === null) return [];
  if (Array.isArray(part)) return part.flatMap(nodeOrBelow);
  return Object.entries(part).flatMap(([key, value]) => (key === 'typeName' ? [] : nodeOrBelow(value)));
}

const nodeOrBelow = (part: unknown): SqlNode[] => (isNode(part) ? [part] : nodesBelow(part));

function isNode(part: unknown): part is SqlNode {
  if (typeof part !== 'object' || part === null) return false;
  const [key, ...others] = Object.keys(part);
  return others.length === 0 && key !== undefined && /^[A-Z]/.test(key);
}

/** Texts of a list of names, e.g. of a function or a column; what is no text, as a star, is left out. */
export const namesOf = (nodes: readonly SqlNode[] | undefined): string[] =>
  (nodes ?? []).flatMap((node) => ('String' in node ? (node.String.sval ?? '') : []));

/** A constant's text, through casts of it; undefined for anything else. */
export function textOf(node: SqlNode | undefined): string | undefined {
  if (node === undefined) return undefined;
  if ('TypeCast' in node) return textOf(node.TypeCast.arg);
  return 'A_Const' in node ? node.A_Const.sval?.sval : undefined;
}

/** The one name a node is, when it is a column's without anything before it. */
export function plainNameOf(node: SqlNode | undefined): string | undefined {
  if (node === undefined || !('ColumnRef' in node)) return undefined;
  const { fields = [] } = node.ColumnRef;
  const names = namesOf(fields);
  return fields.length === 1 ? names[0] : undefined;
}
