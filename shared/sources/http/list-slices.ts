import { type Facts, PenstockError } from '#shared/errors/penstock-error.ts';
import type { SliceListing } from '#shared/pipeline/http-declaration.ts';
import { DistinctRows } from './distinct-rows.ts';
import { httpErrors } from './errors.ts';
import type { ListedSlice, ShardListing } from './http-source.ts';
import { isSliceId } from './ids.ts';
import { parsedRows } from './raw-pieces.ts';
import { readPages } from './read-pages.ts';
import { compileRowPath } from './row-path.ts';
import type { CallContext, ShardClient } from './shard-client.ts';
import { compileValuePath, idText } from './value-path.ts';

/**
 * All slices of a shard, each once. A row whose id is none is counted, never shown: one customer with a wrong id must not keep
 * all others from being read.
 *
 * @throws PenstockError HTTP_SLICE_ID_INVALID when no row has a good id; HTTP_*, RATE_*.
 */
export async function listSlices(
  client: ShardClient,
  listing: SliceListing,
  context: CallContext,
): Promise<ShardListing> {
  const { endpoint } = listing;
  const readId = compileValuePath(listing.id);
  const isGood = isSliceId(listing.pattern);
  const readEntities = listing.entities === null ? () => null : compileValuePath(listing.entities);
  const distinct = new DistinctRows((row) => idText(readId(row)));
  const rows = compileRowPath(endpoint.rows);
  const request = { kind: 'slices', way: null, endpoint, rows, values: {}, distinct } as const;
  const slices: ListedSlice[] = [];
  const refused = { count: 0, firstPosition: 0 };
  for await (const page of readPages(client, request, context)) {
    for (const row of parsedRows(page)) {
      const id = idText(readId(row));
      if (isGood(id)) slices.push({ id, entities: countIn(readEntities(row)) });
      else if (refused.count++ === 0) refused.firstPosition = slices.length + 1;
    }
  }
  const facts = { shard: client.shard, endpoint: endpoint.path, id: listing.id };
  return { slices, refused: refusedOf(slices, refused, facts) };
}

function refusedOf(
  slices: readonly ListedSlice[],
  refused: NonNullable<ShardListing['refused']>,
  facts: Facts,
): ShardListing['refused'] {
  if (refused.count === 0) return null;
  if (slices.length > 0) return refused;
  throw new PenstockError(httpErrors.sliceIdInvalid, { ...facts, position: refused.firstPosition });
}

/** A whole number, also one that came as text; it only orders tasks, so anything else is no error. */
function countIn(value: unknown): number | null {
  const count = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count : null;
}
