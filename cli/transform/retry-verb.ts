import { resolve } from 'node:path';
import type { CliContext } from '../context.ts';
import { printResult } from '../output.ts';
import { earlierInvocation } from './earlier-invocation.ts';
import { targetDirOf } from './open-transform.ts';
import type { RetryFlags } from './retry-verbs.ts';
import { runVerb } from './run-verb.ts';

/** Runs again what failed or was skipped in the last invocation, with its flags; what the command line says now wins. */
export async function retryVerb(context: CliContext, flags: RetryFlags): Promise<void> {
  const folder =
    flags.state === undefined ? await targetDirOf(context, flags) : resolve(context.cwd, flags.state);
  const { command, ids, kept, retried } = await earlierInvocation(folder, flags.warnError === true);
  if (ids.size === 0)
    return printResult(
      context,
      flags,
      { retried: [] },
      () => 'Nothing to retry: the last invocation had no failure\n',
    );
  // `--state` of retry says where to look, not what to defer to.
  const { state: _state, ...now } = flags;
  await runVerb(context, command, { ...kept, ...now }, { ids, retried });
}
