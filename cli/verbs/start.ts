import { Argument, type Command } from 'commander';
import type { CliContext } from '../context.ts';
import { withExamples } from '../flags.ts';
import type { OutputFlags } from '../output.ts';
import { SERVICE_NAMES, type ServiceName } from '../start/service-names.ts';

export function addStart(program: Command, context: CliContext): Command {
  const command = program
    .command('start')
    .description('run one service until SIGTERM; the first signal drains, a second one forces')
    .addArgument(new Argument('<service>', 'which one').choices(SERVICE_NAMES))
    .action(async (service: ServiceName, flags: OutputFlags) => {
      const { startService } = await import('../start/start-service.ts');
      await startService(context, service, flags);
    });
  return withExamples(command, 'start scheduler', 'start extractor');
}
