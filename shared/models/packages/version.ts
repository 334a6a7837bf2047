/** A version of a package: `major.minor.patch`, perhaps with a pre-release. */
export interface Version {
  readonly text: string;
  readonly numbers: readonly [number, number, number];
  /** Identifiers of the pre-release; empty for a release. */
  readonly prerelease: readonly string[];
}

const NUMBER = '(0|[1-9]\\d*)';
const PATTERN = new RegExp(
  `^v?${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-?([0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*))?(?:\\+[0-9A-Za-z.-]+)?$`,
);

/** Reads a version; undefined when it is none. Pre-releases may lack their hyphen (`1.0.0rc1`), as in the original. */
export function parseVersion(text: string): Version | undefined {
  const match = PATTERN.exec(text.trim());
  if (match === null) return undefined;
  const [, major, minor, patch, prerelease] = match;
  return {
    text: text.trim(),
    numbers: [Number(major), Number(minor), Number(patch)],
    prerelease: prerelease === undefined ? [] : prerelease.split('.'),
  };
}

/** Negative when `a` comes first. Order of semver.org, section 11: a pre-release before its release. */
export function compareVersions(a: Version, b: Version): number {
  const [major, minor, patch] = a.numbers.map((number, index) => number - (b.numbers[index] ?? 0));
  return major || minor || patch || comparePrereleases(a.prerelease, b.prerelease);
}

function comparePrereleases(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return b.length - a.length;
  for (const [index, left] of a.entries()) {
    const right = b[index];
    if (right === undefined) return 1;
    const order = compareIdentifiers(left, right);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Numbers before words; `rc10` after `rc9`, as the original sorts them. */
function compareIdentifiers(a: string, b: string): number {
  const areNumbers = [a, b].map((text) => /^\d+$/.test(text));
  if (areNumbers[0] !== areNumbers[1]) return areNumbers[0] ? -1 : 1;
  return a.localeCompare(b, 'en', { numeric: true });
}
