import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { withExamples } from '../flags.ts';
import { type OutputFlags, printResult } from '../output.ts';

export function addMigrate(program: Command, context: CliContext): Command {
  const command = program
    .command('migrate')
    .description(
      'bring the ledger and the queue to the schema of this version; repeatable, safe to run twice at once',
    )
    .action(async (flags: OutputFlags) => {
      const { parseSettings } = await import('#shared/config/settings.ts');
      const { migrateStores } = await import('#shared/runtime/migrate-stores.ts');
      await migrateStores(parseSettings(context.environment));
      printResult(context, flags, { migrated: true }, () => 'ledger and queue are up to date\n');
    });
  return withExamples(command, 'migrate');
}
