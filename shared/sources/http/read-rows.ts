import { type Facts, PenstockError } from '#shared/errors/penstock-error.ts';
import type { RowPicker } from '#shared/pipeline/picker/picked-answer.ts';
import { BodyTexts } from './body-texts.ts';
import { httpErrors } from './errors.ts';
import type { RawPiece, RawRow } from './http-source.ts';
import { parseJson } from './parse-json.ts';
import { pickRows } from './pick-rows.ts';
import type { RowPath } from './row-path.ts';
import { RowScanner } from './row-scanner.ts';

/** Up to here a body is parsed whole, which is fastest; beyond, row by row. */
export const WHOLE_BODY_BYTES = 8 * 1024 * 1024;

const SCAN_LIMITS = { elementBytes: 1024 * 1024, envelopeBytes: 1024 * 1024 };

const bodies = new BodyTexts();

/** The end of an answer. */
export interface AnswerEnd {
  /** Rows not yet yielded: all of them, unless the body was large. */
  readonly rows: RawPiece[];
  /** The answer, for its cursor; without its rows. */
  readonly envelope: unknown;
}

/**
 * Rows of one body. A body up to {@link WHOLE_BODY_BYTES} yields nothing and returns its rows once it is known to be good; of a
 * larger one rows are yielded while it arrives, at flat memory, and may turn out to be followed by an error.
 *
 * @param picker reads rows of a body held whole without parsing it; null to have them parsed.
 * @throws PenstockError HTTP_MALFORMED_BODY, HTTP_UNEXPECTED_SHAPE, HTTP_ROW_TOO_LARGE; what the chunks throw.
 */
export async function* readRows(
  chunks: AsyncIterable<Buffer>,
  path: RowPath,
  facts: Facts,
  picker: RowPicker | null,
): AsyncGenerator<RawRow[], AnswerEnd, undefined> {
  const body = bodies.take();
  try {
    let scanner: RowScanner | undefined;
    for await (const chunk of chunks) {
      if (scanner === undefined) {
        body.add(chunk);
        if (body.length <= WHOLE_BODY_BYTES) continue;
        scanner = scannerOf(path, facts);
        for (const early of piecesOf(body.whole)) yield* batchOf(scanner.push(early), path, facts);
      } else yield* batchOf(scanner.push(chunk), path, facts);
    }
    if (scanner !== undefined) return { rows: [], envelope: scanner.end() };
    return pickRows(body.whole, path, facts, picker) ?? parseRows(body.whole, path, facts);
  } finally {
    bodies.giveBack(body);
  }
}

/**
 * Rows of one body whose length is known, and which is held whole.
 *
 * @param fill adds the pieces of the body.
 * @param lengthBytes as declared.
 * @throws PenstockError HTTP_MALFORMED_BODY, HTTP_UNEXPECTED_SHAPE; what `fill` throws.
 */
export async function readRowsWhole(
  fill: (take: (piece: Buffer) => void) => Promise<void>,
  lengthBytes: number,
  path: RowPath,
  facts: Facts,
  picker: RowPicker | null,
): Promise<AnswerEnd> {
  const body = bodies.take(lengthBytes);
  try {
    await fill((piece) => body.add(piece));
    return pickRows(body.whole, path, facts, picker) ?? parseRows(body.whole, path, facts);
  } finally {
    bodies.giveBack(body);
  }
}

/** Of a size as bodies come in: what is scanned at once is held at once. */
const PIECE_BYTES = 64 * 1024;

function* piecesOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}

function scannerOf({ outer }: RowPath, facts: Facts): RowScanner {
  if (outer !== null) return new RowScanner(outer, SCAN_LIMITS, facts);
  throw new PenstockError(httpErrors.rowTooLarge, { ...facts, limitBytes: WHOLE_BODY_BYTES });
}

function parseRows(body: Buffer, path: RowPath, facts: Facts): AnswerEnd {
  const envelope = parseJson(body, facts);
  const rows = path.rowsOf(envelope, facts);
  path.release(envelope);
  return { rows, envelope };
}

function* batchOf(elements: readonly unknown[], path: RowPath, facts: Facts): Generator<RawRow[]> {
  if (elements.length > 0) yield elements.flatMap((element) => path.rowsWithin(element, facts));
}
