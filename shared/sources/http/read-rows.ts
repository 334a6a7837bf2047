import { type Facts, PenstockError } from '#shared/errors/penstock-error.ts';
import type { RowPicker } from '#shared/pipeline/picker/picked-answer.ts';
import type { TakePiece } from './answer.ts';
import type { BodyText } from './body-text.ts';
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

const NO_BYTES = Buffer.alloc(0);
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
    return rowsOfWhole(body.whole, path, facts, picker);
  } finally {
    bodies.giveBack(body);
  }
}

/** A body to be held whole, in memory that is used again. */
export class WholeBody {
  #text: BodyText | undefined;

  /** @returns takes its pieces; not to be called once it was released. @param lengthBytes as declared. */
  begin(lengthBytes: number): TakePiece {
    const text = bodies.take(lengthBytes);
    this.#text = text;
    return (piece) => text.add(piece);
  }

  /**
   * Its rows, once all pieces are there.
   *
   * @throws PenstockError HTTP_MALFORMED_BODY, HTTP_UNEXPECTED_SHAPE.
   */
  rows(path: RowPath, facts: Facts, picker: RowPicker | null): AnswerEnd {
    return rowsOfWhole(this.#text?.whole ?? NO_BYTES, path, facts, picker);
  }

  /** To be called whatever has happened. */
  release(): void {
    if (this.#text !== undefined) bodies.giveBack(this.#text);
    this.#text = undefined;
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

function rowsOfWhole(body: Buffer, path: RowPath, facts: Facts, picker: RowPicker | null): AnswerEnd {
  return pickRows(body, path, facts, picker) ?? parseRows(body, path, facts);
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
