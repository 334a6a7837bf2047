import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';

/** Linux package managers that can add Redis, by the program that proves their presence. Root only. */
const asRoot = {
  'apt-get': ['apt-get', 'install', '-y', '--no-install-recommends', 'redis-server'],
  dnf: ['dnf', 'install', '-y', 'redis'],
  apk: ['apk', 'add', 'redis'],
};

/**
 * Installs redis-server by the system's package manager where that is permitted: as root on Linux, by Homebrew
 * on macOS. Never fails: without Redis the tests that need it are skipped and named.
 */
export function installRedis(say) {
  if (onPath('redis-server') || process.env.PENSTOCK_BOOTSTRAP_NO_SYSTEM_INSTALL === '1') return;
  const command = packageCommand();
  if (command === undefined) return;
  say(`redis-server is missing: ${command.join(' ')}`);
  if (run(command)) return;
  // A bare image has no package lists yet.
  if (command[0] === 'apt-get' && run(['apt-get', 'update'])) run(command);
}

function packageCommand() {
  if (process.platform === 'darwin') return onPath('brew') ? ['brew', 'install', 'redis'] : undefined;
  if (process.getuid() !== 0) return undefined;
  const manager = Object.keys(asRoot).find(onPath);
  return manager === undefined ? undefined : asRoot[manager];
}

function run([program, ...args]) {
  // Run level 1 keeps Debian from starting the system's Redis: the tests start their own.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  return spawnSync(program, args, { env, stdio: ['ignore', 'ignore', 2] }).status === 0;
}

function onPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
