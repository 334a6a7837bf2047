import { type RecordedNode, recordInvocationNodes } from '#shared/ledger/invocation-nodes.ts';
import { openLedger } from '#shared/ledger/ledger.ts';
import type { InvocationCommand } from '#shared/models/invoke/invocation.ts';
import type { NodeResult } from '#shared/models/invoke/node-result.ts';
import { describeError } from '#shared/telemetry/describe-error.ts';
import type { CliContext } from '../context.ts';
import type { Transform } from './open-transform.ts';

/**
 * Writes what an invocation did to a ledger. One that cannot be written is told and changes nothing
 * of the invocation's outcome: what it built stands.
 */
export async function recordInLedger(
  url: string,
  context: CliContext,
  command: InvocationCommand,
  { project, run }: Pick<Transform, 'project' | 'run'>,
  results: readonly NodeResult[],
): Promise<void> {
  try {
    const ledger = await openLedger({ url, applicationName: 'penstock-cli', poolSize: 1, batching: false });
    try {
      const { settings, options } = project.graph;
      const invocation = {
        invocationId: run.invocationId,
        command,
        project: settings.name,
        target: options.target.name,
      };
      await recordInvocationNodes(ledger, invocation, results.map(recordedNode));
    } finally {
      await ledger.close();
    }
  } catch (error) {
    const { code, message } = describeError(error);
    context.control.say(`warning: the invocation is not in the ledger: ${code} ${message}`);
  }
}

function recordedNode(result: NodeResult): RecordedNode {
  const { uniqueId, kind, status, rowsAffected, timing, executionMs, message } = result;
  const startedAt = timing[0]?.startedAt ?? null;
  const said = status === 'success' || status === 'pass' ? null : message;
  return { node: uniqueId, kind, status, rowsAffected, startedAt, ms: executionMs, message: said };
}
