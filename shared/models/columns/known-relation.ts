import type { Field, JsonShape } from '#shared/pipeline/field.ts';

/** What a value is known to hold of a contract: a JSON column, or a part of one. */
export interface Content {
  readonly stream: string;
  /** The contract's field, then keys: `['state', 'firmware']`. */
  readonly path: readonly string[];
  readonly part: Field | JsonShape;
}

export interface KnownColumn {
  readonly name: string;
  readonly content: Content | undefined;
}

/** Something rows are read from, as far as its columns are known without asking a warehouse. */
export interface KnownRelation {
  /** For people: `model stg_hierarchy`, `listed`. */
  readonly label: string;
  /** Stream whose contract says what columns there are; undefined for what SQL says. */
  readonly stream?: string;
  /** In order. */
  readonly columns: readonly KnownColumn[];
  /** It may have other columns too. */
  readonly isOpen: boolean;
}

/** Of which nothing is known. */
export const openRelation = (label: string): KnownRelation => ({ label, columns: [], isOpen: true });

/** A relation of columns that are plain values. */
export const relationOfNames = (label: string, names: readonly string[]): KnownRelation => ({
  label,
  columns: names.map((name) => ({ name, content: undefined })),
  isOpen: false,
});

/** The relation with its first columns under other names, as `as t(a, b)` says. */
export function renamed(relation: KnownRelation, names: readonly string[]): KnownRelation {
  if (names.length === 0) return relation;
  // Of an open relation it is not known which columns come first.
  const columns = relation.isOpen
    ? [...names.map((name) => ({ name, content: undefined })), ...relation.columns]
    : relation.columns.map((column, index) => ({ ...column, name: names[index] ?? column.name }));
  return { ...relation, columns };
}
