import { type Command, Option } from 'commander';
import type { InvocationCommand } from '#shared/models/invoke/invocation.ts';
import type { CliContext } from '../context.ts';
import { withExamples } from '../flags.ts';
import {
  type ProjectFlags,
  type RunningFlags,
  type SelectFlags,
  withProjectFlags,
  withResourceTypes,
  withRunningFlags,
  withSelectFlags,
} from './transform-flags.ts';

/** Flags of the verbs that run nodes. */
export type RunVerbFlags = ProjectFlags & SelectFlags & RunningFlags;

/** Commands whose invocations can be taken up again. */
export const RUN_COMMANDS = ['build', 'run', 'test', 'seed', 'snapshot', 'compile', 'clone'] as const;

interface RunVerb {
  readonly name: Exclude<InvocationCommand, 'compile' | 'clone'>;
  readonly description: string;
  readonly examples: readonly string[];
}

const VERBS: readonly RunVerb[] = [
  {
    name: 'build',
    description: 'run models, seeds, snapshots and tests in order; what fails holds back what hangs below it',
    examples: ['transform build', 'transform build --select stg_orders+ --target prod --threads 8'],
  },
  {
    name: 'run',
    description: 'run models, without their tests',
    examples: ['transform run --select tag:daily --exclude "path:models/legacy"'],
  },
  {
    name: 'test',
    description: 'run data tests and unit tests on what stands',
    examples: ['transform test --select orders --store-failures'],
  },
  {
    name: 'seed',
    description: 'load CSV files as tables',
    examples: ['transform seed --full-refresh'],
  },
  {
    name: 'snapshot',
    description: 'record how rows of sources change',
    examples: ['transform snapshot --select orders_snapshot'],
  },
];

/** Adds `clone`. */
export function addCloneVerb(transform: Command, context: CliContext): void {
  const command = transform
    .command('clone')
    .description('bring what stands in another environment here, as views of it, without building anything');
  withResourceTypes(withSelectFlags(command))
    .option('--defer-state <dir>', 'artifacts of the other environment, when they are not those of --state')
    .option('-f, --full-refresh', 'also in the place of what stands here already');
  withProjectFlags(command).action(async (flags: RunVerbFlags) => {
    const { runVerb } = await import('./run-verb.ts');
    await runVerb(context, 'clone', flags);
  });
  withExamples(command, 'transform clone --state ./production --select orders+');
}

/** Adds `build`, `run`, `test`, `seed` and `snapshot`. */
export function addRunVerbs(transform: Command, context: CliContext): void {
  for (const { name, description, examples } of VERBS) {
    const command = withRunningFlags(withSelectFlags(transform.command(name).description(description)));
    if (name === 'build' || name === 'test') {
      command.option('--store-failures', 'keep the rows that fail a test in tables');
      withResourceTypes(command);
    }
    if (name === 'build')
      command
        .option('--audit', 'build under other names, test there, and make public together what passed')
        .option('--no-audit', 'make public each thing as it is built, whatever the project says');
    if (name === 'seed' || name === 'build') command.addOption(new Option('--show', 'accepted').hideHelp());
    withProjectFlags(command).action(async (flags: RunVerbFlags) => {
      const { runVerb } = await import('./run-verb.ts');
      await runVerb(context, name, flags);
    });
    withExamples(command, ...examples);
  }
}
