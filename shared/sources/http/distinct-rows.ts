import type { EntityOf, RawRow } from './http-source.ts';

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
  keepFresh(rows: RawRow[]): number {
    const came = rows.length;
    let kept = 0;
    for (const row of rows) {
      if (!this.#isFirst(row)) continue;
      rows[kept] = row;
      kept += 1;
    }
    rows.length = kept;
    this.duplicates += came - kept;
    return came;
  }

  #isFirst(row: RawRow): boolean {
    const entity = this.#entityOf(row);
    if (entity === null) return true;
    if (this.#seen.has(entity)) return false;
    this.#seen.add(entity);
    return true;
  }
}
