import { Command } from 'commander';
import type { CliContext } from './context.ts';
import { addDemo } from './verbs/demo.ts';
import { addMigrate } from './verbs/migrate.ts';

const VERBS = [addDemo, addMigrate];

/**
 * The command line. Unknown and conflicting flags fail with a suggestion; nothing here touches the process.
 *
 * @param context what the verbs may use of the outside world.
 */
export function buildProgram(context: CliContext): Command {
  const program = new Command('penstock')
    .description(
      'Queue-native ELT: rows from a source through Parquet to tested gold tables, none lost, none doubled.',
    )
    .showSuggestionAfterError(true)
    .showHelpAfterError('(add --help for the flags there are)')
    .addHelpText('after', EXIT_HELP)
    .exitOverride()
    .configureOutput({ writeOut: context.write, writeErr: context.control.say });
  for (const add of VERBS) {
    const verb = add(program, context);
    verb.exitOverride().copyInheritedSettings(program);
  }
  return program;
}

const EXIT_HELP = `
Exit codes: 0 done, 1 it failed or is partial, 2 the command line is wrong.
Settings come from PENSTOCK_… variables; docs/reference/settings.md lists them.`;
