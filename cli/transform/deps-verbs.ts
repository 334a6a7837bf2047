import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { withExamples } from '../flags.ts';
import { type ProjectFlags, withProjectFlags } from './transform-flags.ts';

/** Adds `deps`. */
export function addDepsVerb(transform: Command, context: CliContext): void {
  const command = transform
    .command('deps')
    .description('install the packages the project asks for, local or by git');
  withProjectFlags(command).action(async (flags: ProjectFlags) => {
    const { depsVerb } = await import('./deps-verb.ts');
    await depsVerb(context, flags);
  });
  withExamples(command, 'transform deps');
}
