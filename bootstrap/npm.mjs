import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import process from 'node:process';

/**
 * Runs npm's own JavaScript by the given Node, so that npm chooses packages for that Node and not for the
 * older one that started us. Install scripts never run: nothing here needs one.
 *
 * @param node path of the Node binary
 * @param cwd folder with package.json and package-lock.json
 */
export async function npmCi(node, cwd) {
  const npm = npmCli();
  const args = [
    npm,
    'ci',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
    '--loglevel=error',
  ];
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` };
  // Settings that the outer npm handed down (prefix, omit, …) belong to the command that started us.
  for (const name of Object.keys(env)) {
    if (/^npm_(package|lifecycle|config_(prefix|local_prefix|omit|include|global))/.test(name))
      delete env[name];
  }
  // What npm says goes to standard error: standard output belongs to the command that follows.
  const child = spawn(node, args, { cwd, env, stdio: ['ignore', 2, 2] });
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  if (code !== 0) throw new Error(`npm ci failed in ${cwd} with exit code ${code}; see its message above.`);
}

function npmCli() {
  const found = candidates().find((file) => existsSync(file));
  if (found === undefined) throw new Error('npm was not found; install Node 20 or newer together with npm.');
  return found;
}

function candidates() {
  const besideNode = dirname(realpathSync(process.execPath));
  return [
    ...[process.env.npm_execpath].filter((file) => file !== undefined && /npm-cli\.[cm]?js$/.test(file)),
    join(besideNode, '../lib/node_modules/npm/bin/npm-cli.js'),
    ...(process.env.PATH ?? '').split(delimiter).flatMap((folder) => {
      const file = join(folder, 'npm');
      return existsSync(file) ? [join(dirname(realpathSync(file)), 'npm-cli.js')] : [];
    }),
  ];
}
