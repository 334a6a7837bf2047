import { selectorInvalid } from '../criterion.ts';
import type { SelectableNode } from '../selectable-node.ts';

const VERSION_TYPES = ['latest', 'prerelease', 'old', 'none'];

/** `version:latest`, `old`, `prerelease`, `none`: models by where their version stands to the latest one. */
export function versionMatcher(value: string): (node: SelectableNode) => boolean {
  if (!VERSION_TYPES.includes(value))
    throw selectorInvalid(`version:${value}`, `it is one of ${VERSION_TYPES.join(', ')}`);
  return ({ resourceType, version, latestVersion }) => {
    if (resourceType !== 'model') return false;
    if (version === undefined) return value === 'none';
    if (latestVersion === undefined) return false;
    if (value === 'latest') return version === latestVersion;
    return value === 'old'
      ? isLower(version, latestVersion)
      : value === 'prerelease' && isLower(latestVersion, version);
  };
}

/** As numbers when both are, else as texts (`UnparsedVersion.__lt__`). */
function isLower(one: string, other: string): boolean {
  const numbers = [Number(one), Number(other)] as const;
  return numbers.every(Number.isFinite) ? numbers[0] < numbers[1] : one < other;
}
