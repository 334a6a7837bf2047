import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { withExamples } from '../flags.ts';
import { type ProjectFlags, withProjectFlags } from './transform-flags.ts';

/** Adds `clean` and `debug`. */
export function addCareVerbs(transform: Command, context: CliContext): void {
  const clean = transform
    .command('clean')
    .description("remove the project's clean-targets: artifacts, installed packages");
  withProjectFlags(clean).action(async (flags: ProjectFlags) => {
    const { cleanVerb } = await import('./clean-verb.ts');
    await cleanVerb(context, flags);
  });
  withExamples(clean, 'transform clean');
  const debug = transform
    .command('debug')
    .description('try target, project and connection, and say what is wrong');
  withProjectFlags(debug).action(async (flags: ProjectFlags) => {
    const { debugVerb } = await import('./debug-verb.ts');
    await debugVerb(context, flags);
  });
  withExamples(debug, 'transform debug --target prod');
}
