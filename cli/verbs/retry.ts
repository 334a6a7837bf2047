import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { withExamples } from '../flags.ts';
import type { AskFlags } from '../run/ask-for-run.ts';
import { withStores } from '../stores.ts';

export function addRetry(program: Command, context: CliContext): Command {
  const command = program
    .command('retry')
    .description('run again what a run is missing: failed or incomplete slices, then what stands behind them')
    .argument('<run>', 'id of a run that ended partial, failed or cancelled')
    .option('--wait', 'wait for its end: 0 when it brought everything, 1 when it failed or is partial')
    .action((runId: string, flags: Pick<AskFlags, 'wait' | 'json'>) =>
      withStores(context, async (stores) => {
        const { retryMissing } = await import('#shared/runs/retry-run.ts');
        const { reportAsked } = await import('../run/ask-for-run.ts');
        const { run, tasks, announced } = await retryMissing(stores, runId);
        await reportAsked(context, stores, run, flags, { tasks, announced });
      }),
    );
  return withExamples(command, 'retry rabc234def567 --wait');
}
