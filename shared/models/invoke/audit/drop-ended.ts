import type { AuditOptions } from './audit-options.ts';

/**
 * Drops candidates of invocations that were killed: nobody holds their runs any more. Those kept because a test refused them
 * stay, until their model is published.
 */
export async function dropEnded(
  publisher: AuditOptions['publisher'],
  schemas: readonly string[],
): Promise<void> {
  const found = (await publisher.invocationLeftovers(schemas)).filter(({ keptFailed }) => !keptFailed);
  if (found.length === 0) return;
  const ended = new Set(await publisher.unheld([...new Set(found.map(({ runId }) => runId))]));
  await publisher.drop(found.filter(({ runId }) => ended.has(runId)).map(({ relation }) => relation));
}
