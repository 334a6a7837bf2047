import type { NodeScope } from '../compile/render-scope.ts';
import type { ProjectFile } from '../project/project-files.ts';
import type { ProjectPackage } from '../project/project-package.ts';

/** Who a model, seed or snapshot is, before its configuration is known. */
export interface NodeIdentity {
  readonly kind: 'model' | 'seed' | 'snapshot';
  readonly key: string;
  readonly uniqueId: string;
  readonly packageName: string;
  readonly name: string;
  readonly version: string | undefined;
  readonly isLatestVersion: boolean;
  readonly file: string;
  readonly originalFile: string;
  readonly fqn: readonly string[];
  readonly layer: string;
}

/** A version of a model, where YAML declares versions. */
export interface NodeVersion {
  /** Name of the model, without what the file's name says of the version. */
  readonly name: string;
  readonly version: string;
  readonly isLatest: boolean;
}

/** @param name default the file's own. */
export function identityOf(
  file: ProjectFile,
  kind: NodeIdentity['kind'],
  own: ProjectPackage,
  { name, version }: { readonly name?: string; readonly version?: NodeVersion } = {},
): NodeIdentity {
  const folders = file.inner.split('/');
  const fileName = (folders.pop() ?? '').replace(/\.[^.]+$/, '');
  const shownName = version?.name ?? name ?? fileName;
  const suffix = version === undefined ? '' : `.v${version.version}`;
  const parts = version === undefined ? [shownName] : [shownName, `v${version.version}`];
  return {
    kind,
    key: `${own.isRoot ? '' : `${own.name}.`}${shownName}${suffix}`,
    uniqueId: `${kind}.${own.name}.${shownName}${suffix}`,
    packageName: own.name,
    name: shownName,
    version: version?.version,
    isLatestVersion: version?.isLatest ?? true,
    file: `${own.shown}${file.path}`,
    originalFile: file.path,
    fqn: [own.name, ...folders, ...(kind === 'snapshot' && name !== undefined ? [fileName] : []), ...parts],
    layer: kind === 'seed' ? 'seeds' : kind === 'snapshot' ? 'snapshots' : (folders[0] ?? ''),
  };
}

/** Parts of a node's scope that its identity gives. */
export function scopeOfIdentity(identity: NodeIdentity): Omit<NodeScope, 'config' | 'relation'> {
  const { name, packageName, uniqueId, version, file, originalFile, fqn, kind } = identity;
  return { name, packageName, uniqueId, version, file, originalFile, fqn, resourceType: kind };
}
