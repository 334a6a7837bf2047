import { existsSync, readdirSync } from 'node:fs';

const supported = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'];

/**
 * Why this machine can't run Penstock, in one sentence, or undefined when it can.
 *
 * The bundled PostgreSQL, DuckDB and Node are built for glibc, hence the look at the C library.
 */
export function platformProblem(platform = process.platform, arch = process.arch, glibc = hasGlibc()) {
  const name = `${platform}-${arch}`;
  if (supported.includes(name) && (platform !== 'linux' || glibc)) return undefined;
  const found = platform === 'linux' && !glibc ? `${name} without glibc` : name;
  return `Penstock runs on Linux with glibc (x64, arm64) and on macOS; this machine is ${found}.`;
}

function hasGlibc() {
  if (process.platform !== 'linux') return false;
  // Looking for musl's loader costs a directory listing; the process report costs 50 ms and is the last word.
  const musl = existsSync('/lib') && readdirSync('/lib').some((name) => name.startsWith('ld-musl-'));
  if (!musl) return true;
  return process.report.getReport().header.glibcVersionRuntime !== undefined;
}
