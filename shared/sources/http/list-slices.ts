import type { SliceListing } from '#shared/pipeline/http-declaration.ts';
import { DistinctRows } from './distinct-rows.ts';
import type { ListedSlice } from './http-source.ts';
import { sliceIdCheck } from './ids.ts';
import { readPages } from './read-pages.ts';
import { compileRowPath } from './row-path.ts';
import type { CallContext, ShardClient } from './shard-client.ts';
import { compileValuePath, idText } from './value-path.ts';

/**
 * All slices of a shard, each once.
 *
 * @throws PenstockError HTTP_SLICE_ID_INVALID, HTTP_*, RATE_*.
 */
export async function listSlices(
  client: ShardClient,
  listing: SliceListing,
  context: CallContext,
): Promise<ListedSlice[]> {
  const { endpoint } = listing;
  const facts = { shard: client.shard, endpoint: endpoint.path, id: listing.id };
  const readId = compileValuePath(listing.id);
  const checkId = sliceIdCheck(listing.pattern);
  const readEntities = listing.entities === null ? () => null : compileValuePath(listing.entities);
  const distinct = new DistinctRows((row) => idText(readId(row)));
  const rows = compileRowPath(endpoint.rows);
  const request = { kind: 'slices', way: null, endpoint, rows, values: {}, distinct } as const;
  const slices: ListedSlice[] = [];
  for await (const page of readPages(client, request, context)) {
    for (const row of page) {
      const id = checkId(idText(readId(row)), { ...facts, position: slices.length + 1 });
      slices.push({ id, entities: countIn(readEntities(row)) });
    }
  }
  return slices;
}

/** A whole number, also one that came as text; it only orders tasks, so anything else is no error. */
function countIn(value: unknown): number | null {
  const count = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count : null;
}
