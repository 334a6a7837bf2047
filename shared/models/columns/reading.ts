import type { SelectStmt } from 'libpg-query';
import type { Content, KnownColumn, KnownRelation } from './known-relation.ts';
import type { SqlNode } from './sql-tree.ts';

/** Something in FROM, under the name that columns are asked of it by. */
export interface FromItem {
  readonly alias: string;
  readonly schema: string | undefined;
  readonly relation: KnownRelation;
  /** What `*` takes of it, default all: of columns that a join shares, one side gives none. */
  readonly starred?: readonly KnownColumn[];
}

/** What names mean at one place: what FROM brings there, what stands around it, and common table expressions. */
export interface Scope {
  readonly items: readonly FromItem[];
  readonly outer: Scope | undefined;
  readonly expressions: ReadonlyMap<string, KnownRelation>;
}

/** A column or key that nothing lets a query read. */
export interface Unknown {
  /** As written: what to look for in the template. */
  readonly name: string;
  readonly cause: string;
  /** Byte of the compiled SQL. */
  readonly at: number;
}

/** One query being read. Its parts call each other through this. */
export interface Reading {
  /** By schema and name; undefined for what is not known at all. */
  relationOf(schema: string | undefined, name: string): KnownRelation | undefined;
  /** Reads a query that stands in `scope` and says what it yields. */
  query(query: SelectStmt, scope: Scope): KnownRelation;
  /** Reads an expression and says what it holds. */
  value(node: SqlNode | undefined, scope: Scope): Content | undefined;
  report(unknown: Unknown): void;
}
