import { type Command, Option } from 'commander';
import type { CliContext } from '../context.ts';
import { withExamples } from '../flags.ts';
import { type ProjectFlags, withProjectFlags } from './transform-flags.ts';

export interface DepsFlags extends ProjectFlags {
  readonly upgrade?: boolean;
  readonly lock?: boolean;
  readonly addPackage?: string;
  readonly source?: 'hub' | 'git' | 'local';
}

/** Adds `deps`. */
export function addDepsVerb(transform: Command, context: CliContext): void {
  const command = transform
    .command('deps')
    .description('install the packages the project asks for, and write down which in package-lock.yml')
    .option('--upgrade', 'newer versions than those locked, where there are any')
    .option('--lock', 'only write package-lock.yml')
    .option('--add-package <name@version>', 'write this package into packages.yml first')
    .addOption(
      new Option('--source <source>', 'where the added package comes from').choices(['hub', 'git', 'local']),
    );
  withProjectFlags(command).action(async (flags: DepsFlags) => {
    const { depsVerb } = await import('./deps-verb.ts');
    await depsVerb(context, flags);
  });
  withExamples(command, 'transform deps');
}
