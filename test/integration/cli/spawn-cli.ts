import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { waitFor } from '#test/support/wait-for.ts';

const MAIN = fileURLToPath(new URL('../../../cli/penstock.mjs', import.meta.url));

/** How a command ended, and what it wrote. */
export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that is still running. */
export interface CliProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<CliResult>;
  /** Waits until either stream holds this text. */
  said(text: string): Promise<void>;
}

/** Starts the real command line in a process of its own. */
export function spawnCli(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): CliProcess {
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment };
  const child = spawn(process.execPath, [MAIN, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }));
  const said = async (text: string): Promise<void> => {
    const heard = () => `${stdout}${stderr}`.includes(text) || child.exitCode !== null;
    await waitFor(heard, { what: `the command to say ${text}`, timeoutMs: 30_000 });
    if (!`${stdout}${stderr}`.includes(text)) throw new Error(`it ended first: ${stdout}${stderr}`);
  };
  return { child, ended, said };
}

/** Runs a command to its end. */
export const cli = (
  args: readonly string[],
  environment?: Readonly<Record<string, string>>,
): Promise<CliResult> => spawnCli(args, environment).ended;

/** Runs a command with `--json` and parses its document. */
export async function cliJson(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<{ readonly code: number | null; readonly document: Record<string, unknown> }> {
  const { code, stdout, stderr } = await cli([...args, '--json'], environment);
  try {
    return { code, document: JSON.parse(stdout) as Record<string, unknown> };
  } catch {
    throw new Error(`no JSON document: ${stdout}${stderr}`);
  }
}
