import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** Where profiles are looked for. */
export interface ProfileSearch {
  readonly projectDir: string;
  /** `--profiles-dir`; relative to the folder the command was given in. */
  readonly profilesDir?: string | undefined;
  /** Folder the command was given in, default the project's. */
  readonly cwd?: string | undefined;
  /** The user's home folder; without it `~/.dbt` is not looked at. */
  readonly home?: string | undefined;
  readonly env: Readonly<Record<string, string>>;
}

export const PROFILES_FILE = 'profiles.yml';

/**
 * The `profiles.yml` to use: of `--profiles-dir`, else of `DBT_PROFILES_DIR`, else of the project, the current folder or `~/.dbt`,
 * whichever has one first. A folder that was named is the only one looked at.
 *
 * @returns `path`, and whether the file is there.
 */
export async function findProfilesFile(search: ProfileSearch): Promise<{ path: string; found: boolean }> {
  const paths = foldersOf(search).map((folder) => join(folder, PROFILES_FILE));
  for (const path of paths) if (await isThere(path)) return { path, found: true };
  return { path: paths.at(-1) ?? PROFILES_FILE, found: false };
}

function foldersOf({ projectDir, profilesDir, cwd = projectDir, home, env }: ProfileSearch): string[] {
  const named = profilesDir ?? env['DBT_PROFILES_DIR'];
  if (named) return [resolve(cwd, home === undefined ? named : named.replace(/^~(?=\/|$)/, home))];
  return [projectDir, cwd, ...(home === undefined ? [] : [join(home, '.dbt')])];
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
