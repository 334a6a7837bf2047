import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { withExamples } from '../flags.ts';
import { type ProjectFlags, type RunningFlags, withProjectFlags } from './transform-flags.ts';

export interface RetryFlags extends ProjectFlags, RunningFlags {
  readonly state?: string;
}

/** Adds `retry`. */
export function addRetryVerb(transform: Command, context: CliContext): void {
  const command = transform
    .command('retry')
    .description('run again what failed or was skipped in the last invocation, with its flags')
    .option('--state <dir>', "folder with that invocation's run_results.json, default the target path")
    .option('-x, --fail-fast', 'stop everything at the first failure')
    .option('-f, --full-refresh', 'build incremental models and seeds anew');
  withProjectFlags(command).action(async (flags: RetryFlags) => {
    const { retryVerb } = await import('./retry-verb.ts');
    await retryVerb(context, flags);
  });
  withExamples(command, 'transform retry');
}
