import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { withExamples } from '../flags.ts';
import { type ProjectFlags, type SelectFlags, withProjectFlags, withSelectFlags } from './transform-flags.ts';

export interface FreshnessFlags extends ProjectFlags, SelectFlags {
  /** File for what is measured, default `sources.json` of the target folder. */
  readonly output?: string;
}

/** Adds `freshness`, and the same as `source freshness`, as the original calls it. */
export function addFreshnessVerb(transform: Command, context: CliContext): void {
  addFreshness(transform, context, 'transform freshness');
  const source = transform.command('source').description('the same as freshness: source freshness');
  source.addHelpText('after', '\nExample:\n  $ penstock transform source freshness');
  addFreshness(source, context, 'transform source freshness').alias('snapshot-freshness');
}

function addFreshness(parent: Command, context: CliContext, shown: string): Command {
  const command = parent
    .command('freshness')
    .description('measure how old source tables are, against the warn_after and error_after they declare');
  withSelectFlags(command).option(
    '-o, --output <file>',
    "file for what is measured, default sources.json in the project's target-path",
  );
  withProjectFlags(command).action(async (flags: FreshnessFlags) => {
    const { freshnessVerb } = await import('./freshness-verb.ts');
    await freshnessVerb(context, flags);
  });
  withExamples(command, shown, `${shown} --select source:shop --output target/shop.json`);
  return command;
}
