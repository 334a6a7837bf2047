import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { withExamples } from '../flags.ts';
import type { AskFlags } from '../run/ask-for-run.ts';
import { withRunFlags } from '../run-flags.ts';
import { withStores } from '../stores.ts';

export function addRun(program: Command, context: CliContext): Command {
  const command = withRunFlags(program.command('run'))
    .description('ask for a run of a pipeline; a scheduler that is running takes it up')
    .option('--wait', 'wait for its end: 0 when it brought everything, 1 when it failed or is partial')
    .action((pipeline: string, flags: AskFlags) =>
      withStores(context, async (stores) => {
        const { askForRun } = await import('../run/ask-for-run.ts');
        await askForRun(context, stores, pipeline, flags);
      }),
    );
  return withExamples(command, 'run credit --wait', 'run credit --stream installments --full-refresh');
}
