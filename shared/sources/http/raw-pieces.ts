import { PickedRows } from '#shared/pipeline/picker/picked-rows.ts';
import type { RawPiece, RawRow } from './http-source.ts';

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
