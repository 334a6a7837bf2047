import { PickedRows } from '#shared/pipeline/picker/picked-rows.ts';
import { EntitySet } from './entity-set.ts';
import type { EntityOf, RawPiece, RawRow } from './http-source.ts';
import { rowsIn } from './raw-pieces.ts';

/** Lets the first row of each entity through. Rows that name no entity all pass: whether they may is for the contract to say. */
export class DistinctRows {
  readonly #entityOf: EntityOf;
  readonly #seen = new EntitySet();
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

  /** Leaves the first rows in the list, in their order. @returns how many rows there were. */
  keepFresh(pieces: RawPiece[]): number {
    const came = rowsIn(pieces);
    this.#seen.expect(came);
    let kept = 0;
    for (const piece of pieces) {
      if (!(piece instanceof PickedRows ? this.#keepFirst(piece) : this.#isFirst(piece))) continue;
      pieces[kept] = piece;
      kept += 1;
    }
    pieces.length = kept;
    this.duplicates += came - rowsIn(pieces);
    return came;
  }

  /** @returns whether any is left. */
  #keepFirst(rows: PickedRows): boolean {
    const { page } = rows;
    const { bytes } = page.memory;
    rows.keep((row) => {
      const [from, to] = [page.entityFrom(row), page.entityTo(row)];
      return from === to || this.#seen.add(bytes, from, to);
    });
    if (rows.count === 0) rows.done();
    return rows.count > 0;
  }

  #isFirst(row: RawRow): boolean {
    const entity = this.#entityOf(row);
    return entity === null || this.#seen.addText(entity);
  }
}
