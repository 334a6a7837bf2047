import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import process from 'node:process';

const passedOn = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs a program by the given Node, passes signals on and ends as it ended.
 *
 * A Ctrl-C on a terminal reaches the program twice, from the terminal and from here (npm adds a third), within
 * milliseconds: whoever counts signals counts those as one.
 */
export async function runTarget(node, args, projectFolder) {
  const env = {
    // Types are stripped and modules compiled once, not at each start: that is a third of a short command's time.
    NODE_COMPILE_CACHE: join(projectFolder, 'node_modules', '.cache', 'compile'),
    ...process.env,
    // Programs that start `node` themselves get the same one.
    PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}`,
  };
  const child = spawn(node, args, { stdio: 'inherit', env });
  for (const signal of passedOn) process.on(signal, () => child.kill(signal));
  const { code, signal } = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  process.exitCode = signal === null ? code : 128 + constants.signals[signal];
}
