import type { HttpPeriodStreamDeclaration } from '#shared/pipeline/http-declaration.ts';
import { DistinctRows } from './distinct-rows.ts';
import { httpErrors } from './errors.ts';
import { failsSlice, isMissingEndpoint } from './fails-slice.ts';
import type { EntityOf, PeriodReadOptions, RawBatch, RawPiece, Way, WayChoices } from './http-source.ts';
import { rowsIn } from './raw-pieces.ts';
import { type ExpectedEntities, readExpected } from './read-expected.ts';
import { readFine } from './read-fine.ts';
import { readPages } from './read-pages.ts';
import { compileRowPath } from './row-path.ts';
import type { CallContext, ShardClient } from './shard-client.ts';
import type { StatsCollector } from './stats-collector.ts';
import { compileEntityOf, compileValuePath } from './value-path.ts';

export interface PeriodRead {
  readonly client: ShardClient;
  readonly options: PeriodReadOptions;
  readonly choices: WayChoices;
  /** Fine calls on their way at once. */
  readonly lanes: number;
  readonly stats: StatsCollector;
}

/**
 * Days of a slice. Each day its coarse endpoint is asked first; entities it leaves out, for whatever reason, are asked for one by
 * one. A coarse endpoint that does not exist is not tried again before `rememberMs` is over.
 *
 * @throws PenstockError HTTP_TOO_MANY_MISSING; what fails a whole slice: the shard is down or refuses the client, a stop.
 */
export async function* readPeriod(
  read: PeriodRead,
  context: CallContext,
): AsyncGenerator<RawBatch, void, undefined> {
  const { client, options, choices } = read;
  const { stream, streamName, slice, days } = options;
  const entityOf = options.entityOf ?? compileEntityOf(stream);
  const expected = await readExpected(client, stream.expected, slice, context);
  let way = await choices.get(client.shard, slice, streamName);
  for (const day of days) {
    const counter = read.stats.entitiesOf(day);
    counter.expected = expected.ids.size + expected.unaskable;
    if (expected.unaskable > 0) counter.miss(httpErrors.entityIdInvalid.code, expected.unaskable);
    const distinct = new DistinctRows(entityOf);
    if (way === 'coarse') way = yield* readCoarse(read, day, distinct, context);
    yield* readMissing(read, { day, expected, distinct, entityOf }, context);
  }
}

/** @returns `fine` when the endpoint turned out to be missing. */
async function* readCoarse(
  read: PeriodRead,
  day: string,
  distinct: DistinctRows,
  context: CallContext,
): AsyncGenerator<RawBatch, Way, undefined> {
  const { client, options, choices } = read;
  const { stream, streamName, slice } = options;
  const { coarse: endpoint } = stream;
  const rows = compileRowPath(endpoint.rows);
  const request = {
    kind: 'coarse',
    way: 'coarse',
    endpoint,
    rows,
    picker: options.picker ?? null,
    values: { slice, day },
    distinct,
  } as const;
  try {
    for await (const page of readPages(client, request, context)) yield batchOf(read, page, 'coarse', day);
  } catch (error) {
    if (failsSlice(error, context.signal)) throw error;
    if (!isMissingEndpoint(error)) return 'coarse';
    await choices.remember(client.shard, slice, streamName, 'fine', Date.now() + stream.fine.rememberMs);
    return 'fine';
  }
  return 'coarse';
}

interface DayInHand {
  readonly day: string;
  readonly expected: ExpectedEntities;
  /** What the coarse endpoint has brought. */
  readonly distinct: DistinctRows;
  readonly entityOf: EntityOf;
}

async function* readMissing(
  read: PeriodRead,
  { day, expected, distinct, entityOf }: DayInHand,
  context: CallContext,
): AsyncGenerator<RawBatch, void, undefined> {
  const { client, options, stats, lanes } = read;
  const { stream, slice } = options;
  const counter = stats.entitiesOf(day);
  const missing = [...expected.ids].filter((id) => !distinct.has(id));
  counter.answered += expected.ids.size - missing.length;
  stats.duplicates += distinct.duplicates;
  context.calls.expect(missing.length);
  const fine = { client, stream, slice, day, entityOf, lanes, counter };
  for await (const rows of readFine(fine, missing, context)) yield batchOf(read, rows, 'fine', day);
}

function batchOf({ stats }: PeriodRead, rows: RawPiece[], way: Way, day: string): RawBatch {
  stats.rows += rowsIn(rows);
  return { rows, way, day };
}

/**
 * Compiles every path of a stream, so that a mistake is told before a call is made.
 *
 * @throws PenstockError HTTP_DECLARATION_INVALID.
 */
export function checkPeriodStream(stream: HttpPeriodStreamDeclaration): void {
  for (const endpoint of [stream.coarse, stream.expected.endpoint, stream.fine.endpoint])
    compileRowPath(endpoint.rows);
  compileValuePath(stream.expected.id);
  compileEntityOf(stream);
}
