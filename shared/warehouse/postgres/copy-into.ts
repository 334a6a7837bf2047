import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { ClientBase } from 'pg';
import { type CopyStreamQuery, from as copyFrom } from 'pg-copy-streams';
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
  const target = client.query(copyFrom(sql));
  const failure = await streamInto(csv, target, options.signal);
  if (failure === undefined) return BigInt(target.rowCount);
  options.signal?.throwIfAborted();
  if (failure.by === 'source') throw failure.error;
  throw classifyServerError(failure.error, { ...options.facts, ...placeOf(failure.error) });
}

interface Failure {
  readonly by: 'source' | 'server' | 'signal';
  readonly error: unknown;
}

/**
 * Pipes until the server has taken everything, or something fails; never waits for a source that is stuck.
 *
 * `stream.pipeline` would do both wrong: it waits for the source to be closed, and it sends the message of a
 * failing source to the server, which logs it, and the message may quote a value.
 */
async function streamInto(
  csv: Readable,
  target: CopyStreamQuery,
  signal: AbortSignal | undefined,
): Promise<Failure | undefined> {
  const over = new AbortController();
  const failed = (by: Failure['by']) => (error: unknown) => ({ by, error });
  const never = (): Promise<never> => new Promise(() => {});
  csv.on('error', () => {});
  target.on('error', () => {});
  csv.pipe(target);
  const aborted = signal === undefined ? never() : abortOf(signal, over.signal);
  const failure = await Promise.race([
    finished(target).then(() => undefined, failed('server')),
    finished(csv, { writable: false }).then(never, failed('source')),
    aborted.then(failed('signal')),
  ]);
  over.abort();
  if (failure === undefined) return undefined;
  csv.unpipe(target);
  csv.destroy();
  // What failed at the server is over there; anything else the server has to be told.
  if (failure.by !== 'server') target.destroy(new Error('the rows to copy ended early'));
  return failure;
}

async function abortOf(signal: AbortSignal, over: AbortSignal): Promise<unknown> {
  if (!signal.aborted) {
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true, signal: over }));
  }
  return signal.reason;
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
