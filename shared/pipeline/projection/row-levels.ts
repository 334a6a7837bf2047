import type { DroppedKeys } from './dropped-keys.ts';
import { ObjectTree } from './object-tree.ts';
import { containersOf, type FilledName, parseDropPath } from './row-path.ts';

/** A row as a source parsed it. */
export interface RawRow {
  /** A parsed value, or a `PickedElement`. */
  readonly value: unknown;
  /**
   * The elements of the arrays around it, nearest first, then the answer itself where the source has it whole. The same object
   * for the same element.
   */
  readonly parents: readonly unknown[];
}

/** What the engine knows of rows, as text; one frozen object for all rows it is true of. */
export type Filled = Readonly<Partial<Record<FilledName, string | null>>>;

/** The row and the elements around it, as far as a projection reads them. */
export interface RowLevels {
  tree(up: number): ObjectTree;
  /** Those of the row and the elements around it that are read out of an answer, and the keys from there on; none where rows are no array's. */
  picked(): { readonly trees: readonly ObjectTree[]; readonly outerKeys: readonly string[] };
  /** Calls `listener` whenever rows come with another {@link Filled}. */
  whenFilled(listener: (filled: Filled) => void): void;
  /** Takes the next row in. An element around several rows is read once. */
  read(raw: RawRow, filled: Filled, entity: number | undefined): void;
}

/** Opens the levels that `drop` and `rows` name; a map's are opened as its columns are compiled. */
export function openLevels(
  { drop, rows }: { readonly drop: readonly string[]; readonly rows: string | null },
  dropped: DroppedKeys,
): RowLevels {
  const trees: ObjectTree[] = [];
  const listeners: ((filled: Filled) => void)[] = [];
  const tree = (up: number): ObjectTree => {
    for (let level = trees.length; level <= up; level += 1) trees.push(new ObjectTree(level, dropped));
    return trees[up] ?? new ObjectTree(up, dropped);
  };
  tree(0);
  for (const path of drop) {
    const place = parseDropPath(path, rows);
    if (place !== undefined) tree(place.up).ignore(place.keys);
  }
  const containers = containersOf(rows ?? '');
  containers.forEach((keys, above) => {
    tree(above + 1).leadsOn(keys);
  });
  const last: { filled?: Filled } = {};
  const around: unknown[] = [];
  return {
    tree,
    picked: () => ({ trees: trees.slice(0, containers.length), outerKeys: containers.at(-1) ?? [] }),
    whenFilled: (listener) => listeners.push(listener),
    read(raw, filled, entity) {
      if (filled !== last.filled) for (const listener of listeners) listener(filled);
      last.filled = filled;
      trees[0]?.read(raw.value, entity);
      for (let up = 1; up < trees.length; up += 1) {
        const element = raw.parents[up - 1];
        if (element !== around[up]) trees[up]?.read(element, entity);
        around[up] = element;
      }
    },
  };
}
