import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { withExamples } from '../flags.ts';
import { type ProjectFlags, type SelectFlags, withProjectFlags, withSelectFlags } from './transform-flags.ts';

export interface DocsFlags extends ProjectFlags, SelectFlags {
  readonly compile?: boolean;
  readonly emptyCatalog?: boolean;
}

/** Adds `docs generate`. */
export function addDocsVerb(transform: Command, context: CliContext): void {
  const docs = transform.command('docs').description('what a project and its tables are, for other tools');
  docs.addHelpText('after', '\nExample:\n  $ penstock transform docs generate');
  const command = docs.command('generate').description('write manifest.json and catalog.json');
  withSelectFlags(command)
    .option('--no-compile', 'without compiled SQL in the manifest')
    .option('--empty-catalog', 'do not ask the warehouse what stands');
  withProjectFlags(command).action(async (flags: DocsFlags) => {
    const { docsVerb } = await import('./docs-verb.ts');
    await docsVerb(context, flags);
  });
  withExamples(command, 'transform docs generate --target prod');
}
