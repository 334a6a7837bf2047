import { resolve } from 'node:path';
import type { ProjectFlags } from './transform-flags.ts';

/** Never written down: they may hold a password. */
const SECRET = new Set(['warehouseUrl', 'json']);

/** Folders are written down as absolute paths: a retry may be asked for from elsewhere. */
const FOLDERS = new Set(['state', 'deferState', 'projectDir', 'profilesDir']);

/** Flags as `run_results.json` keeps them under `args`: snake case, with the command as `which`. */
export function invocationArgs(
  command: string,
  flags: ProjectFlags,
  cwd: string,
  vars: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const args: Record<string, unknown> = {
    which: command,
    invocation_command: `penstock transform ${command}`,
  };
  for (const [name, value] of Object.entries(flags)) {
    if (SECRET.has(name) || value === undefined) continue;
    args[name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)] =
      FOLDERS.has(name) && typeof value === 'string' ? resolve(cwd, value) : value;
  }
  return { ...args, vars };
}
