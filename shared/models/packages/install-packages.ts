import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { modelErrors } from '../errors.ts';
import { describeProblems, ProblemList } from '../project/project-problem.ts';
import { readSettings } from '../project/project-settings.ts';
import type { RenderYaml } from '../project/read-project-yaml.ts';
import { type DeclaredPackage, declaredPackages } from './declared-packages.ts';

const run = promisify(execFile);

/** A package that has been installed. */
export interface InstalledPackage {
  readonly name: string;
  /** As it was asked for, without credentials. */
  readonly from: string;
}

/**
 * Installs what a project asks for, and what that asks for, below `installPath`, in place of what is there.
 *
 * Everything is made aside and moved there at the end, so that a failure leaves the packages there were.
 *
 * @param installPath relative to the project.
 * @throws PenstockError `PROJECT_INVALID`, `PACKAGE_NOT_FETCHED`, `PACKAGE_KIND_UNSUPPORTED`, `PACKAGE_TWICE`.
 */
export async function installPackages(
  dir: string,
  installPath: string,
  render: RenderYaml,
): Promise<InstalledPackage[]> {
  const target = join(dir, installPath);
  await mkdir(resolve(target, '..'), { recursive: true });
  const aside = await mkdtemp(`${target}-`);
  try {
    const installed = new Map<string, InstalledPackage>();
    await installAll(dir, { root: dir, aside, render, installed });
    await rm(target, { recursive: true, force: true });
    await rename(aside, target);
    return [...installed.values()];
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

interface Installing {
  readonly root: string;
  readonly aside: string;
  readonly render: RenderYaml;
  readonly installed: Map<string, InstalledPackage>;
}

/** @param dir project whose declarations are read; local paths count from the root, as in the original. */
async function installAll(dir: string, installing: Installing): Promise<void> {
  for (const declared of await declaredPackages(dir, installing.render)) {
    const fetched = await mkdtemp(join(installing.aside, '.fetched-'));
    const from = shownOf(declared);
    const source = await fetchInto(fetched, declared, installing.root);
    const name = await nameOf(source, from, installing.render);
    const earlier = installing.installed.get(name);
    if (earlier !== undefined && earlier.from !== from)
      throw new PenstockError(modelErrors.packageTwice, { package: name, from: earlier.from, also: from });
    if (earlier === undefined) {
      installing.installed.set(name, { name, from });
      const place = join(installing.aside, name);
      await cp(source, place, {
        recursive: true,
        filter: (path) => !/[/\\](\.git|dbt_packages|target)$/.test(path),
      });
      await installAll(place, installing);
    }
    await rm(fetched, { recursive: true, force: true });
  }
}

async function fetchInto(folder: string, declared: DeclaredPackage, root: string): Promise<string> {
  if (declared.kind === 'local') return resolve(root, declared.path);
  const clone = join(folder, 'clone');
  try {
    await run('git', ['clone', '--quiet', declared.url, clone]);
    if (declared.revision !== undefined)
      await run('git', ['-C', clone, 'checkout', '--quiet', '--detach', declared.revision]);
  } catch {
    // What git says may repeat a token of the address.
    throw new PenstockError(modelErrors.packageNotFetched, {
      package: shownOf(declared),
      revision: declared.revision ?? 'its default branch',
    });
  }
  return resolve(clone, declared.subdirectory);
}

async function nameOf(source: string, from: string, render: RenderYaml): Promise<string> {
  const problems = new ProblemList();
  const settings = await readSettings(source, problems, render, `${from}/`);
  if (settings !== undefined) return settings.name;
  const found = problems.all();
  const list = `\n  ${describeProblems(found)}\n`;
  throw new PenstockError(modelErrors.projectInvalid, { problems: found.length, list });
}

function shownOf(declared: DeclaredPackage): string {
  if (declared.kind === 'local') return declared.path;
  return declared.url.replace(/\/\/[^@/]*@/, '//');
}
