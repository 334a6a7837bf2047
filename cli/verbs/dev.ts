import { type Command, Option } from 'commander';
import type { CliContext } from '../context.ts';
import type { DevFlags } from '../dev/run-dev.ts';
import { withExamples } from '../flags.ts';

export function addDev(program: Command, context: CliContext): Command {
  const command = program
    .command('dev')
    .description(
      'run everything on this machine until Ctrl-C: embedded servers whose data is kept, and all four services in one process',
    )
    .option('--no-fill', 'leave an empty OLTP empty')
    .option('--no-schedules', 'pause every schedule; runs start only when they are asked for')
    .addOption(
      new Option('--queue <kind>', 'where jobs wait').choices(['postgres', 'redis']).default('postgres'),
    )
    .option(
      '--scenario <name|file>',
      'faults of the simulated shards: a name in dev/shard-api/scenarios, or a file',
    )
    .action(async (flags: DevFlags) => {
      const { runDev } = await import('../dev/run-dev.ts');
      await runDev(context, flags);
    });
  return withExamples(command, 'dev', 'dev --no-schedules', 'dev --scenario flaky');
}
