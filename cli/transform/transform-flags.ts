import { type Command, Option } from 'commander';
import type { WarningRules } from '#shared/models/invoke/warning-rules.ts';
import { wholeNumber } from '../flags.ts';
import type { OutputFlags } from '../output.ts';
import { withAcceptedFlags } from './accepted-flags.ts';
import { warningRulesArgument, yamlArgument } from './yaml-argument.ts';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'none'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Flags that every transform verb has: which project, which target, and how it speaks. */
export interface ProjectFlags extends OutputFlags {
  readonly projectDir?: string;
  readonly profilesDir?: string;
  readonly profile?: string;
  readonly target?: string;
  readonly targetPath?: string;
  readonly vars?: Readonly<Record<string, unknown>>;
  readonly threads?: number;
  readonly singleThreaded?: boolean;
  readonly warehouseUrl?: string;
  readonly warehouseSchema?: string;
  readonly logFormat?: 'text' | 'json' | 'debug' | 'default';
  readonly quiet?: boolean;
  readonly print?: boolean;
  readonly debug?: boolean;
  readonly logLevel?: LogLevel;
  readonly useColors?: boolean;
  readonly warnError?: boolean;
  readonly warnErrorOptions?: WarningRules;
  readonly writeJson?: boolean;
  readonly versionCheck?: boolean;
}

/** Flags that choose nodes. */
export interface SelectFlags {
  readonly select?: readonly string[];
  readonly models?: readonly string[];
  readonly model?: readonly string[];
  readonly exclude?: readonly string[];
  readonly selector?: string;
  readonly indirectSelection?: 'eager' | 'cautious' | 'buildable' | 'empty';
  readonly state?: string;
  readonly resourceType?: readonly string[];
  readonly resourceTypes?: readonly string[];
  readonly excludeResourceType?: readonly string[];
  readonly excludeResourceTypes?: readonly string[];
}

/** Flags that change how nodes run. */
export interface RunningFlags {
  readonly fullRefresh?: boolean;
  readonly failFast?: boolean;
  readonly audit?: boolean;
  readonly storeFailures?: boolean;
  readonly empty?: boolean;
  readonly defer?: boolean;
  readonly deferState?: string;
  readonly favorState?: boolean;
  readonly eventTimeStart?: string;
  readonly eventTimeEnd?: string;
  readonly sample?: string;
}

/** Adds the flags of {@link ProjectFlags}. */
export function withProjectFlags(command: Command): Command {
  return withAcceptedFlags(
    command
      .option('--project-dir <dir>', 'folder of dbt_project.yml, default this one')
      .option('--profiles-dir <dir>', "folder of profiles.yml, default the project's, then ~/.dbt")
      .option('--profile <name>', 'profile to use instead of the one the project names')
      .option('-t, --target <name>', 'target of the profile, default the one it names')
      .option(
        '--warehouse-url <url>',
        'database to use, whatever profiles.yml says; where there is none, PENSTOCK_WAREHOUSE_URL',
      )
      .option(
        '--warehouse-schema <name>',
        'schema of models without one, with --warehouse-url or PENSTOCK_WAREHOUSE_URL (default: "public")',
      )
      .option('--target-path <dir>', "folder for artifacts, default the project's target-path")
      .option('--vars <yaml>', "variables over those of the project, as YAML: '{region: eu}'", yamlArgument)
      .option('--threads <n>', "nodes at once, default the target's", wholeNumber(1))
      .addOption(
        new Option('--log-format <format>', 'how progress is written; json is one object a line').choices([
          'text',
          'json',
          'default',
          'debug',
        ]),
      )
      .option('-q, --quiet', 'say only what went wrong, and what was asked for')
      .option('-d, --debug', 'say everything that templates log')
      .addOption(
        new Option('--log-level <level>', 'what is told while it runs (default: "info")').choices(LOG_LEVELS),
      )
      .addOption(new Option('--warn-error', 'take warnings for errors').conflicts('warnErrorOptions'))
      .option(
        '--warn-error-options <yaml>',
        "take some for errors, silence others: '{error: all, warn: [LogTestResult]}'",
        warningRulesArgument,
      )
      .option('--no-print', 'do not show what templates print')
      .option('--no-use-colors', 'no colours')
      .option('--no-write-json', 'write no artifacts')
      .option('--no-version-check', 'run projects that say they need another version of the original'),
  );
}

/** Adds the flags of {@link SelectFlags}. */
export function withSelectFlags(command: Command): Command {
  return command
    .option('-s, --select <selectors...>', 'nodes by selector: stg_orders+, tag:daily, state:modified …')
    .option('-m, --models <selectors...>', 'the same as --select')
    .addOption(new Option('--model <selectors...>', 'the same').hideHelp())
    .option('--exclude <selectors...>', 'nodes to leave out')
    .option('--selector <name>', 'selection by its name in selectors.yml')
    .addOption(
      new Option('--indirect-selection <mode>', 'which tests come with what they read').choices([
        'eager',
        'cautious',
        'buildable',
        'empty',
      ]),
    )
    .option(
      '--state <dir>',
      'folder with the artifacts of an earlier invocation, for state:, result: and deferral',
    );
}

/** Adds `--resource-type` and its opposite, in both spellings of the original. */
export function withResourceTypes(command: Command): Command {
  return command
    .option('--resource-type <types...>', 'only these types: model, test, seed, snapshot, unit_test …')
    .option('--exclude-resource-type <types...>', 'all but these types')
    .addOption(new Option('--resource-types <types...>', 'the same').hideHelp())
    .addOption(new Option('--exclude-resource-types <types...>', 'the same').hideHelp());
}

/** Adds deferral. */
export function withDeferFlags(command: Command): Command {
  return command
    .option('--defer', 'read what is not built here from where the artifacts in --state say it is')
    .option('--defer-state <dir>', 'artifacts to defer to, when they are not those of --state')
    .option('--favor-state', 'prefer the other environment even for what is built here');
}

/** Adds the flags of {@link RunningFlags}. */
export function withRunningFlags(command: Command): Command {
  return withDeferFlags(command)
    .option('-x, --fail-fast', 'stop everything at the first failure')
    .option('-f, --full-refresh', 'build incremental models and seeds anew')
    .option('--empty', 'build with no rows: a dry run of schemas')
    .option('--event-time-start <when>', 'first batch of microbatch models')
    .option('--event-time-end <when>', 'end of the last batch of microbatch models')
    .option('--sample <window>', 'only rows of this window: "3 days", or {start: …, end: …}');
}
