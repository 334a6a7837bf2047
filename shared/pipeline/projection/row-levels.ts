import { fnvOfBytes } from '../fnv-hash.ts';
import type { PickedRows } from '../picker/picked-rows.ts';
import type { DroppedKeys } from './dropped-keys.ts';
import { ObjectTree } from './object-tree.ts';
import { containersOf, type FilledName, parseDropPath } from './row-path.ts';

/** A row as a source parsed it. */
export interface RawRow {
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
  /** Takes in what is around picked rows and counts what was dropped of them. */
  readPicked(rows: PickedRows, filled: Filled): void;
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
  const fill = (filled: Filled): void => {
    if (filled !== last.filled) for (const listener of listeners) listener(filled);
    last.filled = filled;
  };
  const around: unknown[] = [];
  const readAround = (parents: readonly unknown[], from: number, entity: number | undefined): void => {
    for (let up = from; up < trees.length; up += 1) {
      const element = parents[up - from];
      if (element !== around[up]) trees[up]?.read(element, entity);
      around[up] = element;
    }
  };
  return {
    tree,
    picked: () => ({ trees: trees.slice(0, containers.length), outerKeys: containers.at(-1) ?? [] }),
    whenFilled: (listener) => listeners.push(listener),
    read(raw, filled, entity) {
      fill(filled);
      trees[0]?.read(raw.value, entity);
      readAround(raw.parents, 1, entity);
    },
    readPicked(rows, filled) {
      if (rows.page.by !== trees[0])
        throw new TypeError('rows are read by another projection than picked them');
      fill(filled);
      countPicked(trees, rows);
      readAround([rows.page.envelope], containers.length, hashOf(rows, rows.at(0)));
    },
  };
}

/** Of each row, and of elements around them once. */
function countPicked(trees: readonly ObjectTree[], rows: PickedRows): void {
  const { page } = rows;
  const counted: number[] = [];
  for (let nth = 0; nth < rows.count; nth += 1) {
    const row = rows.at(nth);
    const entity = hashOf(rows, row);
    let element = page.elementOf(row);
    for (let up = 0; element !== 0 && element !== counted[up]; up += 1) {
      const [from, to] = page.dropsOf(element, up);
      trees[up]?.countDrops(page.memory.words, from, to, entity);
      const more = page.more.get(element);
      if (more !== undefined) trees[up]?.countDrops(more, 0, more.length, entity);
      counted[up] = element;
      element = page.parentOf(element);
    }
  }
}

function hashOf({ page }: PickedRows, row: number): number | undefined {
  const [from, to] = [page.entityFrom(row), page.entityTo(row)];
  return from === to ? undefined : fnvOfBytes(page.memory.bytes, from, to);
}
