import { yamlNames } from '#shared/models/load/yaml-names.ts';
import { installPackages } from '#shared/models/packages/install-packages.ts';
import { ProblemList } from '#shared/models/project/project-problem.ts';
import { readSettings } from '#shared/models/project/project-settings.ts';
import type { CliContext } from '../context.ts';
import { printResult } from '../output.ts';
import { projectDirOf } from './open-transform.ts';
import type { ProjectFlags } from './transform-flags.ts';

/** Installs packages; every later verb finds them. */
export async function depsVerb(context: CliContext, flags: ProjectFlags): Promise<void> {
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
