import { compareVersions, parseVersion, type Version } from './version.ts';

/** One bound on a version, e.g. `>=1.0.0`. */
export interface VersionBound {
  readonly text: string;
  readonly matcher: '=' | '>' | '>=' | '<' | '<=';
  readonly version: Version;
}

const BOUND = /^(>=|<=|>|<|={0,2})\s*(.+)$/;

/**
 * Reads what a package file says of versions: one text or a list, each a bound or several with commas between.
 *
 * @returns the bounds, and the texts that are none.
 */
export function parseBounds(written: readonly string[]): { bounds: VersionBound[]; invalid: string[] } {
  const texts = written.flatMap((text) => text.split(',')).map((text) => text.trim());
  const parsed = texts.map((text) => ({ text, bound: parseBound(text) }));
  return {
    bounds: parsed.flatMap(({ bound }) => (bound === undefined ? [] : [bound])),
    invalid: parsed.filter(({ bound }) => bound === undefined).map(({ text }) => text),
  };
}

function parseBound(text: string): VersionBound | undefined {
  const [, matcher, rest = ''] = BOUND.exec(text) ?? [];
  const version = parseVersion(rest);
  if (version === undefined) return undefined;
  const known = (['>=', '<=', '>', '<'] as const).find((one) => one === matcher);
  return { text, matcher: known ?? '=', version };
}

/** True when a version is within every bound. */
export function isWithin(version: Version, bounds: readonly VersionBound[]): boolean {
  return bounds.every((bound) => satisfies(version, bound));
}

function satisfies(version: Version, { matcher, version: limit }: VersionBound): boolean {
  const order = compareVersions(version, limit);
  switch (matcher) {
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
    case '<':
      return order < 0 && !isPrereleaseOf(version, limit);
    case '<=':
      return order <= 0;
    default:
      return order === 0;
  }
}

/** `<2.0.0` does not mean 2.0.0-rc1 (as the original, `VersionSpecifier.compare`). */
function isPrereleaseOf(version: Version, limit: Version): boolean {
  if (version.prerelease.length === 0 || limit.prerelease.length > 0) return false;
  return version.numbers.every((number, index) => number === limit.numbers[index]);
}

/** The highest version within the bounds; pre-releases only where they are wanted. */
export function highestWithin(
  versions: readonly string[],
  bounds: readonly VersionBound[],
  withPrereleases: boolean,
): string | undefined {
  const wanted = withPrereleases || bounds.some(({ version }) => version.prerelease.length > 0);
  return versions
    .flatMap((text) => parseVersion(text) ?? [])
    .filter(({ prerelease }) => wanted || prerelease.length === 0)
    .filter((version) => isWithin(version, bounds))
    .sort(compareVersions)
    .at(-1)?.text;
}
