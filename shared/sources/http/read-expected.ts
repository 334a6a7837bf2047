import type { HttpPeriodStreamDeclaration } from '#shared/pipeline/http-declaration.ts';
import { DistinctRows } from './distinct-rows.ts';
import { isAskable } from './ids.ts';
import { parsedRows } from './raw-pieces.ts';
import { readPages } from './read-pages.ts';
import { compileRowPath } from './row-path.ts';
import type { CallContext, ShardClient } from './shard-client.ts';
import { compileValuePath, idText } from './value-path.ts';

export interface ExpectedEntities {
  readonly ids: ReadonlySet<string>;
  /** Rows of the list whose entity cannot be asked for. */
  readonly unaskable: number;
}

/**
 * Which entities a slice has, by the declared list.
 *
 * @throws PenstockError HTTP_*, RATE_*.
 */
export async function readExpected(
  client: ShardClient,
  expected: HttpPeriodStreamDeclaration['expected'],
  slice: string,
  context: CallContext,
): Promise<ExpectedEntities> {
  const { endpoint } = expected;
  const readId = compileValuePath(expected.id);
  const distinct = new DistinctRows((row) => idText(readId(row)));
  const rows = compileRowPath(endpoint.rows);
  const request = { kind: 'expected', way: null, endpoint, rows, values: { slice }, distinct } as const;
  const ids = new Set<string>();
  let unaskable = 0;
  for await (const page of readPages(client, request, context)) {
    for (const row of parsedRows(page)) {
      const id = idText(readId(row));
      if (id !== null && isAskable(id)) ids.add(id);
      else unaskable += 1;
    }
  }
  return { ids, unaskable };
}
