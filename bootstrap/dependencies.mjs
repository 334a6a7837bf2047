import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { npmCi } from './npm.mjs';

/**
 * Brings node_modules in line with package-lock.json by `npm ci`; does nothing when they agree already.
 *
 * @param node path of the Node that runs npm
 * @param projectFolder folder with package-lock.json
 * @param say receives one line when something takes long
 */
export async function installDependencies(node, projectFolder, say) {
  if (isStamped(projectFolder)) return;
  const lock = join(projectFolder, '.penstock/dependencies.lock');
  const busy = () => say('Another start is installing the dependencies; waiting for it.');
  await withLock(lock, () => install(node, projectFolder, say), busy);
}

async function install(node, projectFolder, say) {
  // Somebody else may have done it while we waited, or a person by `npm ci`.
  if (isStamped(projectFolder)) return;
  if (!isInstalled(projectFolder)) {
    say('Installing the dependencies.');
    await npmCi(node, projectFolder);
  }
  writeFileSync(stampFile(projectFolder), stampOf(projectFolder));
}

/** The stamp lies in node_modules, so it goes when that goes. */
function stampFile(projectFolder) {
  return join(projectFolder, 'node_modules/.penstock-stamp');
}

function isStamped(projectFolder) {
  const file = stampFile(projectFolder);
  return existsSync(file) && readFileSync(file, 'utf8') === stampOf(projectFolder);
}

function stampOf(projectFolder) {
  const lock = readFileSync(join(projectFolder, 'package-lock.json'));
  return `${process.platform}-${process.arch} ${createHash('sha256').update(lock).digest('hex')}`;
}

/** Compares npm's record of what it installed with the lockfile; packages for other platforms may be absent. */
export function isInstalled(projectFolder) {
  const record = join(projectFolder, 'node_modules/.package-lock.json');
  if (!existsSync(record)) return false;
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages;
  const wanted = JSON.parse(readFileSync(join(projectFolder, 'package-lock.json'), 'utf8')).packages;
  const extra = Object.keys(installed).some((path) => wanted[path] === undefined);
  return !extra && Object.entries(wanted).every(([path, one]) => path === '' || agrees(installed[path], one));
}

function agrees(installed, wanted) {
  if (installed === undefined) return wanted.optional === true && !meantForHere(wanted);
  return installed.version === wanted.version && installed.integrity === wanted.integrity;
}

/** Optional packages without a platform may have been left out for reasons we can't see, so they count as elsewhere. */
function meantForHere({ os, cpu, libc }) {
  if (os === undefined && cpu === undefined) return false;
  const matches = (list, value) => list === undefined || [list].flat().includes(value);
  return (
    matches(os, process.platform) &&
    matches(cpu, process.arch) &&
    (libc === undefined || matches(libc, 'glibc'))
  );
}
