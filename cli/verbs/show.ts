import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { withExamples } from '../flags.ts';
import { type OutputFlags, printResult } from '../output.ts';
import { describeRunReport } from '../show/describe-run.ts';
import { withStores } from '../stores.ts';

export function addShow(program: Command, context: CliContext): Command {
  const command = program
    .command('show')
    .description(
      'show one run: slices, tasks with attempts and errors, models, tests that did not pass, files',
    )
    .argument('<run>', 'id of the run')
    .action((runId: string, flags: OutputFlags) =>
      withStores(context, async (stores) => {
        const { runReport } = await import('../show/run-report.ts');
        const report = await runReport(stores, runId);
        printResult(context, flags, report, () => describeRunReport(report));
      }),
    );
  return withExamples(command, 'show rabc234def567');
}
