import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CliContext } from '../context.ts';
import { withExamples } from '../flags.ts';
import {
  type ProjectFlags,
  type RunningFlags,
  type SelectFlags,
  withDeferFlags,
  withProjectFlags,
  withResourceTypes,
  withSelectFlags,
} from './transform-flags.ts';
import { yamlArgument } from './yaml-argument.ts';

export interface CompileFlags extends ProjectFlags, SelectFlags, RunningFlags {
  readonly inline?: string;
  readonly output: 'text' | 'json';
}

export interface ShowFlags extends CompileFlags {
  readonly inlineDirect?: string;
  readonly limit: number;
}

export interface OperationFlags extends ProjectFlags {
  readonly args: Readonly<Record<string, unknown>>;
}

export interface DiffFlags extends ProjectFlags {
  readonly output: 'text' | 'json';
  readonly exitCode?: boolean;
}

/** Adds `compile`, `parse`, `show`, `run-operation` and `diff`. */
export function addQueryVerbs(transform: Command, context: CliContext): void {
  addCompile(transform, context);
  addParse(transform, context);
  addShow(transform, context);
  addOperation(transform, context);
  addDiff(transform, context);
}

function addCompile(transform: Command, context: CliContext): void {
  const command = transform.command('compile').description('write the SQL of nodes below target/compiled');
  withResourceTypes(withDeferFlags(withSelectFlags(command)))
    .option('--inline <sql>', 'a query to compile instead of nodes')
    .addOption(outputOption())
    .addOption(new Option('--inject-ephemeral-ctes', 'accepted').hideHelp())
    .option('-f, --full-refresh', 'as if it were a full refresh');
  withProjectFlags(command).action(async (flags: CompileFlags) => {
    const { compileVerb } = await import('./compile-verb.ts');
    await compileVerb(context, flags);
  });
  withExamples(
    command,
    'transform compile --select orders',
    'transform compile --inline "select * from {{ ref(\'orders\') }}"',
  );
}

function addParse(transform: Command, context: CliContext): void {
  const command = transform
    .command('parse')
    .description('read the whole project, and list every problem in one go');
  withProjectFlags(command).action(async (flags: ProjectFlags) => {
    const { parseVerb } = await import('./parse-verb.ts');
    await parseVerb(context, flags);
  });
  withExamples(command, 'transform parse --project-dir ./shop');
}

function addShow(transform: Command, context: CliContext): void {
  const command = transform.command('show').description('print the first rows of a node or a query');
  withDeferFlags(withSelectFlags(command))
    .option('--inline <sql>', 'a query to show instead of a node')
    .option('--inline-direct <sql>', 'a query to run as it stands')
    .option('-f, --full-refresh', 'as if it were a full refresh')
    .option('--limit <n>', 'rows at most; -1 for all', rowLimit, 5)
    .addOption(outputOption());
  withProjectFlags(command).action(async (flags: ShowFlags) => {
    const { showVerb } = await import('./show-verb.ts');
    await showVerb(context, flags);
  });
  withExamples(command, 'transform show --select orders --limit 10');
}

function addOperation(transform: Command, context: CliContext): void {
  const command = transform
    .command('run-operation')
    .description('run a macro by itself')
    .argument('<macro>', 'name of the macro, or package.name')
    .option('--args <yaml>', "arguments of the macro, as YAML: '{schema: old}'", yamlArgument, {});
  withProjectFlags(command).action(async (macro: string, flags: OperationFlags) => {
    const { operationVerb } = await import('./operation-verb.ts');
    await operationVerb(context, macro, flags);
  });
  withExamples(command, "transform run-operation drop_old --args '{days: 30}'");
}

function addDiff(transform: Command, context: CliContext): void {
  const command = transform
    .command('diff')
    .description(
      'build a model aside, and compare its columns and rows with what is published; nothing is kept',
    )
    .argument('<model>', 'name of the model')
    .option('--exit-code', 'end with 1 when anything differs')
    .addOption(outputOption());
  withProjectFlags(command).action(async (model: string, flags: DiffFlags) => {
    const { diffVerb } = await import('./diff-verb.ts');
    await diffVerb(context, model, flags);
  });
  withExamples(
    command,
    'transform diff orders --target prod',
    'transform diff orders --exit-code --output json',
  );
}

const outputOption = (): Option =>
  new Option('--output <kind>', 'how it is printed').choices(['text', 'json']).default('text');

function rowLimit(text: string): number {
  const value = Number(text);
  if (/^-?\d+$/.test(text) && value >= -1) return value;
  throw new InvalidArgumentError('It must be a whole number, or -1 for all rows.');
}
