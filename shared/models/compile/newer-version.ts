import { byVersion } from '../project/by-version.ts';
import type { ModelNode, ProjectGraph } from '../project/project.ts';

/**
 * What is said when a reference without a version means one that is not the newest: a later one is there and not marked as latest
 * (`contracts/graph/manifest.py`, `perform_lookup`). Undefined when there is nothing to say.
 *
 * @param reader name of the node whose template refers.
 */
export function newerVersionNote(
  { models }: ProjectGraph,
  read: ModelNode,
  reader: string,
): string | undefined {
  const { name, version, packageName } = read;
  if (version === undefined) return undefined;
  const versions = [...models.values()]
    .filter((other) => other.name === name)
    .flatMap((other) => other.version ?? []);
  const newest = versions.sort(byVersion).at(-1);
  if (newest === undefined || byVersion(newest, version) <= 0) return undefined;
  const pinned = (one: string): string => `{{ ref('${packageName}', '${name}', v='${one}') }}`;
  return [
    `While compiling '${reader}':`,
    `Found an unpinned reference to versioned model '${name}' in project '${packageName}'.`,
    `Resolving to latest version: ${name}.v${version}`,
    `A prerelease version ${newest} is available. It has not yet been marked 'latest' by its maintainer.`,
    `When that happens, this reference will resolve to ${name}.v${newest} instead.`,
    '',
    `  Try out v${newest}: ${pinned(newest)}`,
    `  Pin to  v${version}: ${pinned(version)}`,
  ].join('\n');
}
