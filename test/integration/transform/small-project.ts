import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type CliProcess, type CliResult, spawnCli } from '../cli/spawn-cli.ts';

/** A project in a folder of its own, and the command line on it. */
export interface SmallProject {
  readonly dir: string;
  /** Adds or replaces files. */
  write(files: Readonly<Record<string, string>>): Promise<void>;
  /** `penstock transform …` on it, to its end. */
  transform(...args: string[]): Promise<CliResult>;
  /** The same, still running. */
  start(...args: string[]): CliProcess;
  remove(): Promise<void>;
}

const SETTINGS = "name: shop\nversion: '1.0'\nprofile: shop\n";

/** @param url database it is built in, schema `shop`. */
export async function smallProject(
  url: string,
  files: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>> = {},
): Promise<SmallProject> {
  const dir = await mkdtemp(join(tmpdir(), 'penstock-transform-'));
  const write = async (more: Readonly<Record<string, string>>): Promise<void> => {
    for (const [path, text] of Object.entries(more)) {
      await mkdir(dirname(join(dir, path)), { recursive: true });
      await writeFile(join(dir, path), text);
    }
  };
  await write({ 'dbt_project.yml': SETTINGS, ...files });
  const start = (...args: string[]): CliProcess =>
    spawnCli(['transform', ...inProject(dir, args)], {
      PENSTOCK_WAREHOUSE_URL: url,
      // No profile of who runs the tests.
      HOME: dir,
      ...environment,
    });
  return {
    dir,
    write,
    start,
    transform: (...args) => start(...args).ended,
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}

/** The verb first, then where it works, so that a test may say otherwise after it. */
function inProject(dir: string, [verb = '', ...rest]: readonly string[]): string[] {
  const [below = '', ...flags] = rest;
  const place = ['--project-dir', dir, '--warehouse-schema', 'shop'];
  // Verbs that have verbs of their own.
  return ['docs', 'source'].includes(verb) ? [verb, below, ...place, ...flags] : [verb, ...place, ...rest];
}
