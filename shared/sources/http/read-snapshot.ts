import { DistinctRows } from './distinct-rows.ts';
import type { RawBatch, SnapshotReadOptions } from './http-source.ts';
import { rowsIn } from './raw-pieces.ts';
import { readPages } from './read-pages.ts';
import { compileRowPath } from './row-path.ts';
import type { CallContext, ShardClient } from './shard-client.ts';
import type { StatsCollector } from './stats-collector.ts';
import { compileEntityOf } from './value-path.ts';

/**
 * The state of a slice now, page by page.
 *
 * @throws PenstockError HTTP_*, RATE_*.
 */
export async function* readSnapshot(
  client: ShardClient,
  options: SnapshotReadOptions,
  stats: StatsCollector,
  context: CallContext,
): AsyncGenerator<RawBatch, void, undefined> {
  const { stream, slice } = options;
  const { endpoint } = stream;
  const distinct = new DistinctRows(options.entityOf ?? compileEntityOf(stream));
  const entities = stats.entitiesOf('');
  const rows = compileRowPath(endpoint.rows);
  const { picker = null } = options;
  const of = { endpoint, rows, picker, values: { slice }, distinct };
  const request = { kind: 'snapshot', way: 'coarse', ...of } as const;
  const pages = readPages(client, request, context);
  try {
    for (;;) {
      const step = await pages.next();
      if (step.done) {
        entities.expected = step.value;
        return;
      }
      stats.rows += rowsIn(step.value);
      yield { rows: step.value, way: 'coarse' };
    }
  } finally {
    entities.answered = distinct.entities;
    stats.duplicates += distinct.duplicates;
    await pages.return(null);
  }
}
