import { type Command, Option } from 'commander';
import { DEFAULT_FILL } from '#dev/oltp/default-fill.ts';
import type { CliContext } from '../context.ts';
import type { DemoOptions } from '../demo/demo-state.ts';
import { wholeNumber, withExamples } from '../flags.ts';

/** Companies that buyers and sellers, and the changes, are picked from. */
const FEWEST_COMPANIES = 10;

export function addDemo(program: Command, context: CliContext): Command {
  const command = program
    .command('demo')
    .description(
      'show the credit pipeline on a fresh platform: first load, changes, a late commit, no changes; then compare every layer with the source',
    )
    .option('--once', 'end after the closing table: 0 when everything agrees, else 1')
    .option('--companies <n>', 'companies in the OLTP', wholeNumber(FEWEST_COMPANIES), DEFAULT_FILL.companies)
    .option('--installments <n>', 'instalments in the OLTP', wholeNumber(1), DEFAULT_FILL.installments)
    .option('--seed <n>', 'the same seed gives the same rows', wholeNumber(0), DEFAULT_FILL.seed)
    .addOption(
      new Option('--queue <kind>', 'where jobs wait').choices(['postgres', 'redis']).default('postgres'),
    )
    .action(async (options: DemoOptions) => {
      const { runDemo } = await import('../demo/run-demo.ts');
      await runDemo(context, options);
    });
  return withExamples(command, 'demo', 'demo --once --companies 300 --installments 3000 --json');
}
