import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { InstallOptions } from '#shared/models/packages/install-options.ts';
import { installPackages } from '#shared/models/packages/install-packages.ts';

/** A folder with a project called `shop`, for installing packages into. */
export interface PackageProject {
  readonly dir: string;
  write(files: Readonly<Record<string, string>>): Promise<void>;
  read(path: string): Promise<string>;
  /** Installs with downloads that are not tried twice. */
  install(more?: Partial<InstallOptions>): ReturnType<typeof installPackages>;
  /** Message of what installing throws; `installed` when it does not. */
  failure(more?: Partial<InstallOptions>): Promise<string>;
  remove(): Promise<void>;
}

export async function packageProject(hubUrl = 'http://127.0.0.1:1/'): Promise<PackageProject> {
  const base = await mkdtemp(join(tmpdir(), 'penstock-packages-'));
  const dir = join(base, 'shop');
  const env = { PATH: process.env['PATH'] ?? '', HOME: base };
  const install = (more: Partial<InstallOptions> = {}) =>
    installPackages({ dir, hubUrl, download: { attempts: 1 }, ...more, env: { ...env, ...more.env } });
  const project: PackageProject = {
    dir,
    async write(files) {
      for (const [path, text] of Object.entries(files)) {
        await mkdir(dirname(join(dir, path)), { recursive: true });
        await writeFile(join(dir, path), text);
      }
    },
    read: (path) => readFile(join(dir, path), 'utf8'),
    install,
    failure: (more) =>
      install(more).then(
        () => 'installed',
        (error: Error) => error.message,
      ),
    remove: () => rm(base, { recursive: true, force: true }),
  };
  await project.write({ 'dbt_project.yml': 'name: shop\n' });
  return project;
}

/** Runs git in a folder, as somebody, whatever the machine's own settings are. */
export function git(dir: string, ...args: string[]): string {
  const who = {
    GIT_AUTHOR_NAME: 't',
    GIT_AUTHOR_EMAIL: 't@t',
    GIT_COMMITTER_NAME: 't',
    GIT_COMMITTER_EMAIL: 't@t',
  };
  const env = { PATH: process.env['PATH'] ?? '', HOME: dir, GIT_CONFIG_NOSYSTEM: '1', ...who };
  return execFileSync('git', ['-c', 'init.defaultBranch=main', ...args], { cwd: dir, env, stdio: 'pipe' })
    .toString()
    .trim();
}
