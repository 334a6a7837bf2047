import { PickedRows } from '#shared/pipeline/picker/picked-rows.ts';
import type { EntityOf, RawPiece, RawRow } from './http-source.ts';

/** How many rows there are. */
export function rowsIn(pieces: readonly RawPiece[]): number {
  let rows = 0;
  for (const piece of pieces) rows += piece instanceof PickedRows ? piece.count : 1;
  return rows;
}

/** Rows of an answer that was asked for without a picker. @throws TypeError when one has read it all the same. */
export function parsedRows(pieces: readonly RawPiece[]): readonly RawRow[] {
  return pieces.map((piece) => {
    if (piece instanceof PickedRows) throw new TypeError('rows were picked that are read as values');
    return piece;
  });
}

/**
 * Leaves only wanted rows in the list, in their order.
 *
 * @param wanted is asked for each row, in their order, by the entity it names.
 */
export function keepRows(
  pieces: RawPiece[],
  entityOf: EntityOf,
  wanted: (entity: string | null) => boolean,
): void {
  let kept = 0;
  for (const piece of pieces) {
    if (piece instanceof PickedRows) {
      piece.keep(wanted);
      if (piece.count === 0) piece.done();
    }
    if (piece instanceof PickedRows ? piece.count === 0 : !wanted(entityOf(piece))) continue;
    pieces[kept] = piece;
    kept += 1;
  }
  pieces.length = kept;
}
