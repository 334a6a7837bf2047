import type { InvocationCommand } from '#shared/models/invoke/invocation.ts';
import type { NodeResult } from '#shared/models/invoke/node-result.ts';
import type { CliContext } from '../context.ts';
import type { Transform } from './open-transform.ts';

/** The variable of `shared/config/settings.ts`, without loading all settings for a command that needs none. */
export const LEDGER_URL = 'PENSTOCK_LEDGER_URL';

/** Writes what an invocation did to the ledger, where one is configured. */
export async function recordInvocation(
  context: CliContext,
  command: InvocationCommand,
  transform: Pick<Transform, 'project' | 'run'>,
  results: readonly NodeResult[],
): Promise<void> {
  const url = context.environment[LEDGER_URL];
  if (!url || command === 'compile') return;
  const { recordInLedger } = await import('./record-in-ledger.ts');
  await recordInLedger(url, context, command, transform, results);
}
