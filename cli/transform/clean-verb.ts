import { realpath, rm } from 'node:fs/promises';
import { isAbsolute, relative, resolve } from 'node:path';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { ProblemList } from '#shared/models/project/project-problem.ts';
import { readSettings } from '#shared/models/project/project-settings.ts';
import type { CliContext } from '../context.ts';
import { printResult } from '../output.ts';
import { transformErrors } from './errors.ts';
import { projectDirOf } from './open-transform.ts';
import type { ProjectFlags } from './transform-flags.ts';

/** Removes the folders of `clean-targets`; one that is not inside the project, or holds its sources, stops everything. */
export async function cleanVerb(context: CliContext, flags: ProjectFlags): Promise<void> {
  const dir = await realpath(projectDirOf(context, flags));
  const settings = await readSettings(dir, new ProblemList(), { render: (text) => text });
  if (settings === undefined) throw new PenstockError(transformErrors.noProject, { folder: dir });
  const { modelPaths, macroPaths, seedPaths, snapshotPaths, testPaths, analysisPaths } = settings;
  const kept = [modelPaths, macroPaths, seedPaths, snapshotPaths, testPaths, analysisPaths].flat();
  const targets = settings.cleanTargets.map((path) => resolve(dir, path));
  for (const target of targets) {
    const within = await realpath(target).catch(() => target);
    const holds = kept.some((path) => isInside(within, resolve(dir, path)));
    if (within === dir || !isInside(dir, within) || holds)
      throw new PenstockError(transformErrors.cannotClean, { folder: target });
  }
  for (const target of targets) await rm(target, { recursive: true, force: true });
  const removed = settings.cleanTargets;
  printResult(context, flags, { removed }, () => removed.map((path) => `Removed ${path}\n`).join(''));
}

/** Also true for the folder itself. */
function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return !way.startsWith('..') && !isAbsolute(way);
}
