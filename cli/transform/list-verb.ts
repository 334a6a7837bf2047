import { type Command, Option } from 'commander';
import type { CliContext } from '../context.ts';
import { withExamples } from '../flags.ts';
import {
  type ProjectFlags,
  type SelectFlags,
  withProjectFlags,
  withResourceTypes,
  withSelectFlags,
} from './transform-flags.ts';

export interface ListFlags extends ProjectFlags, SelectFlags {
  readonly output: 'selector' | 'name' | 'path' | 'json';
  readonly outputKeys?: readonly string[];
}

/** Adds `ls`, also called `list`. */
export function addListVerb(transform: Command, context: CliContext): void {
  const command = transform.command('ls').alias('list');
  command.description('list what a selection means, one node a line');
  withResourceTypes(withSelectFlags(command))
    .addOption(
      new Option('--output <kind>', 'what each line says')
        .choices(['selector', 'name', 'path', 'json'])
        .default('selector'),
    )
    .option('--output-keys <keys...>', 'keys of each line with --output json');
  withProjectFlags(command).action(async (flags: ListFlags) => {
    const { listNodes } = await import('./list-nodes.ts');
    await listNodes(context, flags);
  });
  withExamples(command, 'transform ls --select +orders', 'transform ls --resource-type model --output json');
}
