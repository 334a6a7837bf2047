import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ClientBase } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { RelationName } from '#shared/contracts/names.ts';
import type { Facts } from '#shared/errors/penstock-error.ts';
import { quoteIdent, quoteRelation } from '#shared/warehouse/quote-identifier.ts';
import { classifyServerError } from './classify.ts';

export interface CopyOptions {
  readonly signal?: AbortSignal;
  /**
   * Rows are frozen as they are written: visible to every snapshot and never touched again by a reader. Allowed
   * only in the transaction that created or truncated the table.
   */
  readonly freeze?: boolean;
  /** Added to the error, e.g. which file it was. */
  readonly facts?: Facts;
}

/**
 * Streams CSV (UTF-8, no header, NULL unquoted and empty, empty text `""`) into a table.
 *
 * @param client inside a transaction; after an error the transaction can only be rolled back.
 * @param columns in the order of the CSV.
 * @returns rows written.
 * @throws the stream's own error, the signal's reason, or the server's, classified, with the facts `line` (of the
 *   CSV, from 1; text with line breaks counts each) and `column`, never the value.
 */
export async function copyInto(
  client: ClientBase,
  relation: RelationName,
  columns: readonly string[],
  csv: Readable,
  options: CopyOptions = {},
): Promise<bigint> {
  const list = columns.map(quoteIdent).join(', ');
  const freeze = options.freeze === true ? ', FREEZE' : '';
  const sql = `COPY ${quoteRelation(relation)} (${list}) FROM STDIN WITH (FORMAT csv, ENCODING 'UTF8'${freeze})`;
  const source = new CopySource(csv);
  const target = client.query(copyFrom(sql));
  try {
    await pipeline(source.chunks(), target, options.signal === undefined ? {} : { signal: options.signal });
    return BigInt(target.rowCount);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (source.failure !== undefined) throw source.failure;
    throw classifyServerError(error, { ...options.facts, ...placeOf(error) });
  }
}

/**
 * Stands between the CSV and the server: the message of a failing stream is sent to the server, which logs it,
 * and it may quote a value.
 */
class CopySource {
  failure: unknown;
  readonly #csv: Readable;

  constructor(csv: Readable) {
    this.#csv = csv;
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    try {
      yield* this.#csv;
    } catch (error) {
      this.failure = error;
      throw new Error('the rows to copy ended in an error');
    }
  }
}

/** `COPY t, line 3, column amount: "12,50"`: the line and the column are for people, the rest is the row's. */
function placeOf(error: unknown): Facts {
  const where: unknown = error instanceof Error && 'where' in error ? error.where : undefined;
  const match = typeof where === 'string' ? /, line (\d+)(?:, column ([a-z_][a-z0-9_]*))?/.exec(where) : null;
  const [, line, column] = match ?? [];
  return {
    ...(line === undefined ? {} : { line: Number(line) }),
    ...(column === undefined ? {} : { column }),
  };
}
