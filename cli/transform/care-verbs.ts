import { type Command, Option } from 'commander';
import type { CliContext } from '../context.ts';
import { withExamples } from '../flags.ts';
import { type ProjectFlags, withProjectFlags } from './transform-flags.ts';

/** Adds `clean` and `debug`. */
export function addCareVerbs(transform: Command, context: CliContext): void {
  const clean = transform
    .command('clean')
    .description("remove the project's clean-targets: artifacts, installed packages");
  clean.addOption(new Option('--clean-project-files-only', 'accepted').hideHelp());
  clean.addOption(new Option('--no-clean-project-files-only', 'accepted').hideHelp());
  withProjectFlags(clean).action(async (flags: ProjectFlags) => {
    const { cleanVerb } = await import('./clean-verb.ts');
    await cleanVerb(context, flags);
  });
  withExamples(clean, 'transform clean');
  const debug = transform
    .command('debug')
    .description('try target, project and connection, and say what is wrong');
  debug.addOption(new Option('--connection', 'accepted').hideHelp());
  debug.addOption(new Option('--config-dir', 'accepted').hideHelp());
  withProjectFlags(debug).action(async (flags: ProjectFlags) => {
    const { debugVerb } = await import('./debug-verb.ts');
    await debugVerb(context, flags);
  });
  withExamples(debug, 'transform debug --target prod');
}
