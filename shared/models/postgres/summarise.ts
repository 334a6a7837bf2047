import { quoteIdent, quoteRelation } from '#shared/warehouse/quote-identifier.ts';
import type { RelationTotals, TotalsRequest } from '../model-warehouse.ts';
import type { Session } from './session.ts';

/** Count and sums of a slice of a bronze table, in one scan. */
export async function summarise(session: Session, request: TotalsRequest): Promise<RelationTotals> {
  const sums = request.fields.map(
    (name, at) => `sum(${quoteIdent(name)})::text as ${quoteIdent(`sum_${at}`)}`,
  );
  const { rows } = await session.query<Record<string, string | null>>(
    `select ${['count(*)::text as row_count', ...sums].join(', ')} from ${quoteRelation(request.relation)}
     where _slice = $1 and ($2::bigint is null or _cursor is null or _cursor < $2)`,
    [request.slice, request.below],
  );
  const row = rows[0] ?? {};
  return {
    rows: row['row_count'] ?? '0',
    sums: Object.fromEntries(request.fields.map((name, at) => [name, row[`sum_${at}`] ?? null])),
  };
}
