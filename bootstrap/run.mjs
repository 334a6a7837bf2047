/*
 * node bootstrap/run.mjs [--redis] <file> [arguments…]
 *
 * Prepares the machine, then runs the file under a Node that is new enough. Plain JavaScript without dependencies,
 * because it runs on Node 20 before anything is installed. What it says goes to standard error.
 *
 * --redis                        also see to redis-server, for tests
 * PENSTOCK_BOOTSTRAP_TIMING=1    say how long the preparation took
 * PENSTOCK_BOOTSTRAP_NO_SYSTEM_INSTALL=1   never call the system's package manager
 */
import { dirname, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { installDependencies } from './dependencies.mjs';
import { nodeBinary } from './node-binary.mjs';
import { platformProblem } from './platform.mjs';
import { installRedis } from './redis.mjs';
import { runTarget } from './run-target.mjs';

const projectFolder = dirname(dirname(fileURLToPath(import.meta.url)));

function say(line) {
  process.stderr.write(`${line}\n`);
}

async function main(args) {
  const wantsRedis = args[0] === '--redis';
  const [target, ...rest] = wantsRedis ? args.slice(1) : args;
  if (target === undefined) throw new Error('usage: node bootstrap/run.mjs [--redis] <file> [arguments…]');
  const problem = platformProblem();
  if (problem !== undefined) throw new Error(problem);
  const node = await nodeBinary(projectFolder, say);
  await installDependencies(node, projectFolder, say);
  if (wantsRedis) installRedis(say);
  if (process.env.PENSTOCK_BOOTSTRAP_TIMING === '1') say(`bootstrap: ${Math.round(performance.now())} ms`);
  await runTarget(node, [resolve(projectFolder, target), ...rest], projectFolder);
}

main(process.argv.slice(2)).catch((error) => {
  say(error.message);
  process.exitCode = 1;
});
