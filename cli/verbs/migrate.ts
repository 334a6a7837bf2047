import type { Command } from 'commander';
import { parseSettings } from '#shared/config/settings.ts';
import { migrateStores } from '#shared/runtime/migrate-stores.ts';
import type { CliContext } from '../context.ts';

export function addMigrate(program: Command, context: CliContext): Command {
  return program
    .command('migrate')
    .description(
      'bring the ledger and the queue to the schema of this version; repeatable, safe to run twice at once',
    )
    .action(async () => {
      const settings = parseSettings(context.environment);
      await migrateStores(settings);
      context.write('ledger and queue are up to date\n');
    });
}
