import { runOperation } from '#shared/models/invoke/run-operation.ts';
import { toHost } from '#shared/template/values/to-host.ts';
import type { CliContext } from '../context.ts';
import { abortOnSignal } from '../interruption.ts';
import { printResult } from '../output.ts';
import { withTransform } from './open-transform.ts';
import type { OperationFlags } from './query-verbs.ts';
import { progressReporter } from './report-progress.ts';

/** Runs a macro; with `--json` what it returned is printed. */
export async function operationVerb(
  context: CliContext,
  macro: string,
  flags: OperationFlags,
): Promise<void> {
  const signal = abortOnSignal(context.control, 'cancelling what runs');
  await withTransform(context, flags, async ({ project, run, adapter }) => {
    const onEvent = progressReporter(context, flags, run.invocationId);
    const returned = await runOperation({
      project,
      adapter: adapter(),
      run,
      macro,
      args: flags.args,
      onEvent,
      signal,
    });
    printResult(context, flags, { macro, returned: flags.json === true ? toHost(returned) : null }, () => '');
  });
}
