import type { Command } from 'commander';
import { yamlNames } from '#shared/models/load/yaml-names.ts';
import { installPackages } from '#shared/models/packages/install-packages.ts';
import { ProblemList } from '#shared/models/project/project-problem.ts';
import { readSettings } from '#shared/models/project/project-settings.ts';
import type { CliContext } from '../context.ts';
import { printResult } from '../output.ts';
import { projectDirOf } from './open-transform.ts';
import { type ProjectFlags, withProjectFlags } from './transform-flags.ts';

/** Adds `transform deps`. */
export function addDepsVerb(transform: Command, context: CliContext): void {
  withProjectFlags(
    transform.command('deps').description('install the packages the project asks for, local or by git'),
  ).action((flags: ProjectFlags) => depsVerb(context, flags));
}

async function depsVerb(context: CliContext, flags: ProjectFlags): Promise<void> {
  const dir = projectDirOf(context, flags);
  const env = Object.fromEntries(
    Object.entries(context.environment).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const target = { name: '', schema: '', database: '', type: '', threads: 1 };
  const render = yamlNames({ target, env, vars: flags.vars ?? {} }, {});
  const settings = await readSettings(dir, new ProblemList(), render);
  const installed = await installPackages(dir, settings?.packagesInstallPath ?? 'dbt_packages', render);
  printResult(context, flags, { installed }, () =>
    installed.length === 0
      ? 'The project asks for no packages.\n'
      : installed.map(({ name, from }) => `Installed ${name} from ${from}\n`).join(''),
  );
}
