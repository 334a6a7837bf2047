import { isUtf8 } from 'node:buffer';
import type { Facts } from '#shared/errors/penstock-error.ts';
import type { DoubtfulElement, RowPicker } from '#shared/pipeline/picker/picked-answer.ts';
import { PickedRows } from '#shared/pipeline/picker/picked-rows.ts';
import type { RawPiece, RawRow } from './http-source.ts';
import type { AnswerEnd } from './read-rows.ts';
import type { RowPath } from './row-path.ts';

/**
 * Rows of a whole body by a picker; elements that it is not certain of are parsed.
 *
 * @returns undefined when the body is to be parsed, which then says what is wrong with it, if anything is.
 * @throws PenstockError HTTP_UNEXPECTED_SHAPE.
 */
export function pickRows(
  body: Buffer,
  path: RowPath,
  facts: Facts,
  picker: RowPicker | null,
): AnswerEnd | undefined {
  if (picker === null || path.outer === null || !isUtf8(body)) return undefined;
  const picked = picker.pick(body);
  if (picked === undefined) return undefined;
  const { arrayFrom, arrayTo } = picked;
  const around = `${body.toString('utf8', 0, arrayFrom)}[]${body.toString('utf8', arrayTo)}`;
  const envelope = JSON.parse(around) as unknown;
  const rows: RawPiece[] = [];
  for (const piece of picked.rows) {
    if (piece instanceof PickedRows) {
      piece.page.envelope = envelope;
      rows.push(piece);
    } else rows.push(...parsedRows(body, piece, path, facts, envelope));
  }
  return { rows, envelope };
}

function parsedRows(
  body: Buffer,
  { from, to }: DoubtfulElement,
  path: RowPath,
  facts: Facts,
  envelope: unknown,
): RawRow[] {
  return path.rowsWithin(JSON.parse(body.toString('utf8', from, to)) as unknown, facts, [envelope]);
}
