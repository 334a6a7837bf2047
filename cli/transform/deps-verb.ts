import { type Installation, installPackages } from '#shared/models/packages/install-packages.ts';
import type { CliContext } from '../context.ts';
import { printResult } from '../output.ts';
import { projectDirOf } from './open-transform.ts';
import { profileRequest } from './resolve-target.ts';
import type { ProjectFlags } from './transform-flags.ts';

/** Installs packages; every later verb finds them. */
export async function depsVerb(context: CliContext, flags: ProjectFlags): Promise<void> {
  const dir = projectDirOf(context, flags);
  const { env, vars = {} } = profileRequest(context, flags, dir);
  const installation = await installPackages({ dir, env, vars });
  for (const warning of installation.warnings) context.control.say(`Warning: ${warning}\n`);
  printResult(context, flags, installation, () => installationText(installation));
}

function installationText({ packages, removed }: Installation): string {
  if (packages.length === 0) return 'The project asks for no packages.\n';
  const lines = packages.map(({ name, from, version, latest, isNew }) => {
    const newer = latest === undefined ? '' : `; ${latest} is available`;
    return `${isNew ? 'Installed' : 'Kept'} ${name} ${version} from ${from}${newer}\n`;
  });
  return [...lines, ...removed.map((name) => `Removed ${name}\n`)].join('');
}
