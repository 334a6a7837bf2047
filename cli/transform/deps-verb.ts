import { addPackage } from '#shared/models/packages/add-package.ts';
import { type Installation, installPackages } from '#shared/models/packages/install-packages.ts';
import type { CliContext } from '../context.ts';
import { abortOnSignal } from '../interruption.ts';
import { printResult } from '../output.ts';
import type { DepsFlags } from './deps-verbs.ts';
import { projectDirOf } from './open-transform.ts';
import { profileRequest } from './resolve-target.ts';

/** Installs packages; every later verb finds them. */
export async function depsVerb(context: CliContext, flags: DepsFlags): Promise<void> {
  const dir = projectDirOf(context, flags);
  if (flags.addPackage !== undefined) await add(context, dir, flags.addPackage, flags.source);
  const { env, vars = {} } = profileRequest(context, flags, dir);
  const installation = await installPackages({
    ...{ dir, env, vars, upgrade: flags.upgrade, lockOnly: flags.lock },
    versionCheck: flags.versionCheck,
    signal: abortOnSignal(context.control, 'ending what is fetched; once more ends at once'),
  });
  for (const warning of installation.warnings) context.control.say(`Warning: ${warning}\n`);
  printResult(context, flags, installation, () => installationText(installation));
}

/** @param wanted `name@version`; an address may hold an @ of its own before its last slash. */
async function add(
  context: CliContext,
  dir: string,
  wanted: string,
  source: DepsFlags['source'],
): Promise<void> {
  const at = wanted.lastIndexOf('@');
  const hasVersion = at > wanted.lastIndexOf('/');
  const name = hasVersion ? wanted.slice(0, at) : wanted;
  const { file, replaced } = await addPackage(dir, {
    ...{ name, source, version: hasVersion ? wanted.slice(at + 1) : undefined },
  });
  for (const one of replaced) context.control.say(`Took ${one} out of ${file}\n`);
}

function installationText({ packages, removed }: Installation): string {
  if (packages.length === 0) return 'The project asks for no packages.\n';
  const lines = packages.map(({ name, from, version, latest, isNew }) => {
    const newer = latest === undefined ? '' : `; ${latest} is available`;
    return `${isNew ? 'Installed' : 'Kept'} ${name} ${version} from ${from}${newer}\n`;
  });
  return [...lines, ...removed.map((name) => `Removed ${name}\n`)].join('');
}
