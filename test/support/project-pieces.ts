import { instantMicros } from '#shared/parquet/instant-micros.ts';
import { PickedRows, pickedFields } from '#shared/pipeline/picker/picked-rows.ts';
import type { ProjectedRow, Projection, RejectedRow } from '#shared/pipeline/project-row.ts';
import type { Filled } from '#shared/pipeline/projection/row-levels.ts';
import type { RawPiece } from '#shared/sources/http/http-source.ts';

/** One row with all its fields, whoever read it. */
export type WholeRow =
  | {
      readonly ok: true;
      readonly fields: readonly (string | null)[];
      readonly entity: string | null;
      readonly eventMicros: number | null;
    }
  | RejectedRow;

/** Projects rows, each by itself in what comes of it. */
export function projectPieces(
  projection: Projection,
  pieces: readonly RawPiece[],
  filled: Filled,
): readonly WholeRow[] {
  return pieces.flatMap((piece) =>
    piece instanceof PickedRows
      ? picked(projection, piece, filled)
      : [whole(projection.project(piece, filled))],
  );
}

function whole(row: ProjectedRow): WholeRow {
  if (!row.ok) return row;
  const { fields, entity, eventTime } = row;
  return { ok: true, fields, entity, eventMicros: microsOf(eventTime) };
}

function picked(projection: Projection, rows: PickedRows, filled: Filled): readonly WholeRow[] {
  const projected = projection.projectPicked(rows, filled);
  if (!projected.ok) return projected.rejected;
  return Array.from({ length: rows.count }, (_, nth) => {
    const row = rows.at(nth);
    const fields = [...projected.fields];
    for (const [i, text] of pickedFields(rows, row)) fields[i] = text;
    const own = rows.page.eventOf(row);
    const eventMicros =
      projected.eventTime === undefined ? (Number.isNaN(own) ? null : own) : microsOf(projected.eventTime);
    return { ok: true, fields, entity: rows.page.entityOf(row), eventMicros };
  });
}

const microsOf = (time: string | null): number | null => (time === null ? null : Number(instantMicros(time)));
