import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { withExamples } from '../flags.ts';
import { type OutputFlags, printResult } from '../output.ts';
import { describeStatus } from '../status/describe-status.ts';
import { withStores } from '../stores.ts';

export function addStatus(program: Command, context: CliContext): Command {
  const command = program
    .command('status')
    .description(
      'show services alive, open runs, queues, watermarks, slices that are not fresh, and what waits for a person',
    )
    .action((flags: OutputFlags) =>
      withStores(context, async (stores) => {
        const { statusReport } = await import('../status/status-report.ts');
        const report = await statusReport(stores);
        printResult(context, flags, report, () => describeStatus(report));
      }),
    );
  return withExamples(command, 'status');
}
