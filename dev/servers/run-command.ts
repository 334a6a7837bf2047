import { spawn } from 'node:child_process';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { serverErrors } from './errors.ts';
import type { ServerUser } from './server-user.ts';

/**
 * Runs a command to its end.
 *
 * @param timeoutMs after which it is killed; default never.
 * @throws DEV_SERVER_COMMAND_FAILED with the tail of what it wrote.
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  user: ServerUser,
  timeoutMs = 0,
): Promise<void> {
  const options = { ...user, cwd: '/', timeout: timeoutMs };
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString('utf8')).slice(-2000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0)
    throw new PenstockError(serverErrors.commandFailed, { command, code, output: output.trim() });
}
