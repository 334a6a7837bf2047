import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { addCareVerbs } from '../transform/care-verbs.ts';
import { addDepsVerb } from '../transform/deps-verbs.ts';
import { addDocsVerb } from '../transform/docs-verbs.ts';
import { addFreshnessVerb } from '../transform/freshness-verbs.ts';
import { inheritFlags } from '../transform/inherited-flags.ts';
import { addListVerb } from '../transform/list-verb.ts';
import { addQueryVerbs } from '../transform/query-verbs.ts';
import { addRetryVerb } from '../transform/retry-verbs.ts';
import { addCloneVerb, addRunVerbs } from '../transform/run-verbs.ts';
import { withProjectFlags } from '../transform/transform-flags.ts';

/** Adds `penstock transform` with the verbs below it. */
export function addTransform(program: Command, context: CliContext): Command {
  const transform = program
    .command('transform')
    .description('run a dbt-style project: build, test, document; works without a pipeline')
    .addHelpText('after', EXAMPLES);
  withInheritedFlags(transform);
  inheritFlags(transform, context.environment);
  addRunVerbs(transform, context);
  addCloneVerb(transform, context);
  addQueryVerbs(transform, context);
  addListVerb(transform, context);
  addFreshnessVerb(transform, context);
  addDocsVerb(transform, context);
  addRetryVerb(transform, context);
  addDepsVerb(transform, context);
  addCareVerbs(transform, context);
  for (const verb of transform.commands) verb.exitOverride().copyInheritedSettings(program);
  return transform;
}

/** Flags may also stand before the verb; help tells them with the verb. */
function withInheritedFlags(transform: Command): void {
  withProjectFlags(transform);
  for (const option of transform.options) option.hideHelp();
}

const EXAMPLES = `
Every verb takes --json, and \`penstock transform <verb> --help\` tells the rest.
A target comes from profiles.yml, or from PENSTOCK_WAREHOUSE_URL.

Examples:
  $ penstock transform build --project-dir ./shop --target dev
  $ penstock transform ls --select +orders --output name`;
