import type { EntityOf, RawPiece } from './http-source.ts';
import { keepRows, rowsIn } from './raw-pieces.ts';

/** Lets the first row of each entity through. Rows that name no entity all pass: whether they may is for the contract to say. */
export class DistinctRows {
  readonly #entityOf: EntityOf;
  readonly #seen = new Set<string>();
  duplicates = 0;

  constructor(entityOf: EntityOf) {
    this.#entityOf = entityOf;
  }

  get entities(): number {
    return this.#seen.size;
  }

  has(entity: string): boolean {
    return this.#seen.has(entity);
  }

  /** Leaves the first rows in the list, in their order. @returns how many there were. */
  keepFresh(pieces: RawPiece[]): number {
    const came = rowsIn(pieces);
    keepRows(pieces, this.#entityOf, (entity) => this.#isFirst(entity));
    this.duplicates += came - rowsIn(pieces);
    return came;
  }

  #isFirst(entity: string | null): boolean {
    if (entity === null) return true;
    // One look in place of two: few come twice.
    const before = this.#seen.size;
    this.#seen.add(entity);
    return this.#seen.size > before;
  }
}
