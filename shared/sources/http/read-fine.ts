import { type Facts, PenstockError } from '#shared/errors/penstock-error.ts';
import type { HttpPeriodStreamDeclaration } from '#shared/pipeline/http-declaration.ts';
import { DistinctRows } from './distinct-rows.ts';
import { httpErrors } from './errors.ts';
import { failsSlice, isRemovedEntity } from './fails-slice.ts';
import type { EntityOf, RawPiece, RawRow } from './http-source.ts';
import { mapConcurrently } from './map-concurrently.ts';
import { parsedRows } from './raw-pieces.ts';
import { readPages } from './read-pages.ts';
import { compileRowPath, type RowPath } from './row-path.ts';
import type { CallContext, ShardClient } from './shard-client.ts';
import type { EntityCounter } from './stats-collector.ts';

/** Rows that are given on together; they come one by one. */
const BATCH_ROWS = 200;

export interface FineRead {
  readonly client: ShardClient;
  readonly stream: HttpPeriodStreamDeclaration;
  readonly slice: string;
  readonly day: string;
  readonly entityOf: EntityOf;
  /** Calls on their way at once. */
  readonly lanes: number;
  /** Of the day; what is missing by now counts as well. */
  readonly counter: EntityCounter;
}

/** What became of asking for one entity. */
type Outcome =
  | { readonly kind: 'rows'; readonly rows: RawRow[] }
  | { readonly kind: 'gone' }
  | { readonly kind: 'missing'; readonly code: string };

/**
 * Asks for entities one by one.
 *
 * @throws PenstockError HTTP_TOO_MANY_MISSING as soon as it is certain; what fails a whole slice.
 */
export async function* readFine(
  read: FineRead,
  entities: Iterable<string>,
  context: CallContext,
): AsyncGenerator<RawPiece[], void, undefined> {
  const { counter, lanes, stream } = read;
  const path = compileRowPath(stream.fine.endpoint.rows);
  const ask = (entity: string, signal: AbortSignal): Promise<Outcome> =>
    askFor(read, path, entity, { ...context, signal });
  checkMissing(read);
  let batch: RawPiece[] = [];
  for await (const outcome of mapConcurrently(entities, lanes, ask, context.signal)) {
    if (outcome.kind === 'gone') counter.gone += 1;
    else if (outcome.kind === 'missing') {
      counter.miss(outcome.code);
      checkMissing(read);
    } else {
      counter.answered += 1;
      batch.push(...outcome.rows);
    }
    if (batch.length < BATCH_ROWS) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

async function askFor(read: FineRead, path: RowPath, entity: string, context: CallContext): Promise<Outcome> {
  const { client, stream, slice, day, entityOf } = read;
  const { endpoint } = stream.fine;
  const distinct = new DistinctRows(entityOf);
  const values = { slice, entity, day };
  const request = { kind: 'fine', way: 'fine', endpoint, rows: path, values, distinct } as const;
  const rows: RawRow[] = [];
  try {
    for await (const page of readPages(client, request, context)) {
      // An answer about another entity than the one asked for counts for neither.
      rows.push(...parsedRows(page).filter((row) => entityOf(row) === entity));
    }
  } catch (error) {
    if (failsSlice(error, context.signal)) throw error;
    if (isRemovedEntity(error)) return { kind: 'gone' };
    return { kind: 'missing', code: (error as PenstockError).code };
  }
  if (rows.length === 0) return { kind: 'missing', code: httpErrors.entityUnanswered.code };
  return { kind: 'rows', rows };
}

function checkMissing({ counter, stream, client, day }: FineRead): void {
  const expected = counter.expected ?? 0;
  const { missing } = counter;
  if (missing <= stream.fine.maxMissingRatio * expected) return;
  const facts: Facts = { shard: client.shard, endpoint: stream.fine.endpoint.path, day, expected, missing };
  throw new PenstockError(httpErrors.tooManyMissing, { ...facts, mostly: counter.mostFrequent ?? null });
}
