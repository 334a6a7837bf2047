import type { HttpEndpoint } from '#shared/pipeline/http-declaration.ts';
import type { RowPicker } from '#shared/pipeline/picker/picked-answer.ts';
import type { DistinctRows } from './distinct-rows.ts';
import type { EndpointKind, RawPiece, Way } from './http-source.ts';
import { mapYields } from './map-yields.ts';
import { PageTrail } from './page-trail.ts';
import { rowsIn } from './raw-pieces.ts';
import { type CallValues, requestPath } from './request-path.ts';
import type { RowPath } from './row-path.ts';
import type { CallContext, ShardClient } from './shard-client.ts';
import { keyedValue } from './value-path.ts';

/** All pages of one answer. */
export interface PagesRequest {
  readonly kind: EndpointKind;
  readonly way: Way | null;
  readonly endpoint: HttpEndpoint;
  /** The endpoint's `rows`, compiled. */
  readonly rows: RowPath;
  /** Reads rows without parsing answers. Default: they are parsed. */
  readonly picker?: RowPicker | null;
  readonly values: CallValues;
  /** What has come so far; rows of the same entity are dropped, whatever page they come on. */
  readonly distinct: DistinctRows;
}

/**
 * Rows of an answer, page by page, each entity once.
 *
 * @returns how many rows the answer says there are, where that is declared and it does.
 * @throws PenstockError HTTP_*, RATE_*; the signal's reason. Rows yielded before stay good.
 */
export async function* readPages(
  client: ShardClient,
  request: PagesRequest,
  context: CallContext,
): AsyncGenerator<RawPiece[], number | null, undefined> {
  const { endpoint, values, distinct, kind, way, picker = null, rows: rowPath } = request;
  const facts = { shard: client.shard, endpoint: endpoint.path };
  const trail = endpoint.page === null ? undefined : new PageTrail(endpoint.page, facts);
  for (let cursor: string | null = null; ; ) {
    const path = requestPath(client.basePath, endpoint, values, cursor);
    let rows = 0;
    let fresh = 0;
    const page = client.read({ kind, way, facts, path, picker, rows: rowPath }, context);
    const envelope: unknown = yield* mapYields(page, (came) => {
      rows += distinct.keepFresh(came);
      fresh += rowsIn(came);
      return came.length === 0 ? undefined : came;
    });
    cursor = trail?.next(envelope, rows, fresh) ?? null;
    if (cursor === null) return totalIn(envelope, endpoint);
  }
}

function totalIn(envelope: unknown, { page }: HttpEndpoint): number | null {
  if (page?.total === undefined) return null;
  const total = keyedValue(envelope, page.total.split('.'));
  return typeof total === 'number' && Number.isSafeInteger(total) && total >= 0 ? total : null;
}
