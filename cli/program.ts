import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import type { CliContext } from './context.ts';
import { addCheck } from './verbs/check.ts';
import { addDemo } from './verbs/demo.ts';
import { addDev } from './verbs/dev.ts';
import { addLoadParquet } from './verbs/load-parquet.ts';
import { addMigrate } from './verbs/migrate.ts';
import { addPlan } from './verbs/plan.ts';
import { addRetry } from './verbs/retry.ts';
import { addRun } from './verbs/run.ts';
import { addRuns } from './verbs/runs.ts';
import { addShow } from './verbs/show.ts';
import { addStart } from './verbs/start.ts';
import { addStatus } from './verbs/status.ts';
import { addTransform } from './verbs/transform.ts';

const VERBS = [
  addDemo,
  addDev,
  addStart,
  addMigrate,
  addCheck,
  addPlan,
  addRun,
  addRetry,
  addStatus,
  addRuns,
  addShow,
  addLoadParquet,
  addTransform,
];

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
    .version(versionOf(), '-V, --version', 'print which version this is')
    // A flag belongs to the verb it stands behind, also where the group above knows it.
    .enablePositionalOptions()
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

function versionOf(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return String((JSON.parse(text) as { version?: string }).version);
}

const EXIT_HELP = `
Exit codes: 0 done, 1 it failed or is partial, 2 the command line is wrong.
Settings come from PENSTOCK_… variables; docs/reference/settings.md lists them.`;
