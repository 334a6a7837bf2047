import type { AuditOptions } from './audit-options.ts';

/**
 * Drops candidates of invocations that were killed: nobody holds their runs any more. Those kept because a test refused them
 * stay, until their model is published.
 */
export async function dropEnded(
  publisher: AuditOptions['publisher'],
  schemas: readonly string[],
  prefix: string,
): Promise<void> {
  const found = (await publisher.leftovers(schemas)).filter(
    ({ runId, keptFailed }) => runId.startsWith(prefix) && !keptFailed,
  );
  if (found.length === 0) return;
  const ended = new Set(await publisher.unheld([...new Set(found.map(({ runId }) => runId))]));
  await publisher.drop(found.filter(({ runId }) => ended.has(runId)).map(({ relation }) => relation));
}
