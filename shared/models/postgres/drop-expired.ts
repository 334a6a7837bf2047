import type pg from 'pg';
import type { RelationName } from '#shared/contracts/names.ts';
import { sqlstateOf } from '#shared/errors/postgres-error.ts';
import type { ModelConfig } from '../project/model-config.ts';
import { expiredPartitions } from './partition-sql.ts';
import { partitionedTable } from './partitioned-table.ts';

/** What is busy, is being detached by another, is gone already. */
const NOT_NOW = ['55P03', '40P01', '42P01', '55000', '57014'];
const PATIENCE = `set lock_timeout = '100ms'`;

/**
 * Drops partitions that have expired, after a merge was audited and committed. Each is detached concurrently, so that no reader
 * waits; what somebody uses now stays for the next merge.
 */
export async function dropExpired(
  pool: pg.Pool,
  merge: { readonly target: RelationName; readonly config: ModelConfig; readonly asOf: string },
): Promise<void> {
  const of = partitionedTable(merge.target, merge.target.name, merge);
  const query = of === undefined ? undefined : expiredPartitions(of);
  if (query === undefined) return;
  const client = await pool.connect();
  try {
    const expired = await client.query<{ detach: string | null; drop: string }>(query);
    if (expired.rows.length === 0) return;
    await client.query(PATIENCE);
    for (const { detach, drop } of expired.rows) {
      if (detach !== null) await client.query(detach);
      await client.query(drop);
    }
  } catch (error) {
    if (!NOT_NOW.includes(sqlstateOf(error) ?? '')) throw error;
  } finally {
    await client.query('reset lock_timeout').catch(() => undefined);
    client.release();
  }
}
